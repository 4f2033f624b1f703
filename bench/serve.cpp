// Our side of `scripts/bench serve`.
//   bench_serve fill --corpus FILE --pages N --waiting-of N --samples FOLDER --archive FOLDER    an archive with images, patients, review
//   bench_serve ask  --port N --token TEXT --pages N --queries FILE --users N --seconds N --think MS --seed N
// `ask`: every user waits, asks, waits, over a connection of their own; prints a line a kind: kind, requests, refused, milliseconds at the
// median, at 95 %, at the most.
#include <atomic>
#include <cmath>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include "bench/search_corpus.h"
#include "charts/patient_index.h"
#include "imaging/view.h"
#include "indexer/index.h"
#include "scanner-drivers/feeder.h"
#include "storage/archive.h"
#include "tests/app/raw_client.h"

namespace {

using namespace chartscan;
using namespace chartscan::bench;

constexpr int kPagesPerBatch = 1000;
constexpr int kScreen = 1400;   // pixels across of a page on a screen

template <typename T>
T must(Result<T> result) {
  if (!result) fail(to_string(result.error()));
  return std::move(*result);
}
void must(const Status& status) {
  if (!status) fail(to_string(status.error()));
}

struct StoredImage {
  Original original;
  Geometry geometry;
  std::vector<std::uint8_t> picture;
};

// The pages of the samples, as they are, and as screens show them: as reading a page leaves it.
std::vector<StoredImage> store_images(storage::Archive& archive, const std::string& folder) {
  std::vector<StoredImage> images;
  imaging::DecodeLimits limits;
  scan::FolderFeeders opened = must(scan::open_paths({folder}, limits));
  for (const auto& feeder : opened.feeders) {
    for (;;) {
      const scan::Fed fed = must(feeder->next());
      if (std::holds_alternative<scan::End>(fed)) break;
      const auto* delivery = std::get_if<scan::Delivery>(&fed);
      if (!delivery || delivery->media == MediaType::Pdf) continue;
      storage::Change change;
      std::uint64_t offset = 0;
      const storage::StoredBlob blob = must(archive.blobs().put(
          [&](std::span<std::uint8_t> out) -> Result<std::size_t> {
            TRY(const std::size_t got, delivery->bytes.read(offset, out));
            offset += got;
            return got;
          },
          change.raw()));
      must(archive.commit(change));
      for (int index = 0; index < delivery->pages; ++index) {
        const imaging::Decoded decoded = must(imaging::decode_page(delivery->bytes, delivery->media, index, limits));
        StoredImage image{{blob.hash, delivery->media, index, "box.tif"}, {}, {}};
        image.geometry.delivered = image.geometry.working = decoded.image.size();
        image.picture = imaging::screen_picture(decoded.image, image.geometry, kScreen);
        images.push_back(image);
      }
    }
  }
  if (images.empty()) fail(folder + ": no images");
  return images;
}

PageText text_of(const CorpusPage& page) {
  PageText text;
  int line = 0, column = 0;
  std::string word;
  const auto finish = [&] {
    if (!word.empty()) text.words.push_back({word, {200 + column * 24, 150 + line * 58, 200 + (column + static_cast<int>(word.size())) * 24, 190 + line * 58}, 0.9, line});
    column += static_cast<int>(word.size()) + 1;
    word.clear();
  };
  for (const char c : page.text) {
    if (c != ' ' && c != '\v') {
      word += c;
      continue;
    }
    finish();
    if (c == '\v') ++line, column = 0;
  }
  finish();
  return text;
}

// "MRN: 100008 NORWOOD, HUGO DOB: 10/03/1926 ..." begins every page of the corpus.
Patient patient_of(const CorpusPage& page) {
  Patient patient;
  patient.mrn = page.mrn;
  char family[64] = "", given[64] = "";
  if (std::sscanf(page.text.c_str(), "MRN: %*s %63[^,], %63s DOB: %d/%d/%d", family, given, &patient.dob.month, &patient.dob.day, &patient.dob.year) != 5) patient.dob = {};
  patient.family = *family ? family : "NAMELESS";
  patient.given = *given ? given : "ONE";
  return patient;
}

class Filling {
 public:
  // One document of `waiting_of` waits for a person.
  Filling(storage::Archive& archive, std::vector<StoredImage> images, std::uint64_t waiting_of) : archive_(archive), images_(std::move(images)), waiting_of_(waiting_of) {}

  void take(const CorpusPage& source) {
    const BatchId batch{(source.id - 1) / kPagesPerBatch + 1};
    if (batch_.id != batch) close(), open(batch);
    if (known_.insert(source.mrn).second) charts::put_patient(change_, patient_of(source));
    if (documents_.empty() || document_ != source.document) begin(source);
    document_ = source.document;
    Page page;
    page.id = PageId{source.id};
    page.batch = batch;
    page.sequence = ++batch_.sides_fed;
    const StoredImage& image = images_[source.id % images_.size()];
    page.original = image.original;
    page.geometry = image.geometry;
    page.geometry.skew.value = 0.1 + static_cast<double>(source.id) * 1e-6;  // no two pages are the same picture
    page.document = documents_.back().id;
    page.state = documents_.back().filed ? PageState::Filed : PageState::Review;
    page.types = {{source.type, 0.9}};
    documents_.back().pages.push_back(page.id);
    const PageText text = text_of(source);
    change_.put(page);
    archive_.pictures()->keep(page.id, storage::picture_key(page, kScreen), image.picture);
    change_.put(page.id, text);
    indexer::index_page(change_, page, text);
    if (++waiting_ == 100) commit();
  }
  void close() {
    if (!batch_.id) return;
    for (const Document& document : documents_) {
      change_.put(document);
      if (document.filed) change_.file(document.link.mrn, document.id);
      indexer::index_document(change_, nullptr, document);
    }
    documents_.clear();
    change_.put(batch_);
    commit();
  }

 private:
  void open(BatchId id) {
    batch_ = Batch{};
    batch_.id = id;
    batch_.name = "box " + std::to_string(id.value);
    batch_.state = BatchState::Closed;
    batch_.opened_at = 1'760'000'000 + static_cast<std::int64_t>(id.value) * 3600;
  }
  void begin(const CorpusPage& first) {
    Document document;
    document.id = DocumentId{first.id};
    document.batch = batch_.id;
    document.type = first.type;
    document.type_confidence = 0.9;
    document.service_date = {first.date / 10000, first.date / 100 % 100, first.date % 100};
    document.filed = first.document % waiting_of_ != 0;
    if (!document.filed) document.type = "progress_note";  // one that a person can accept: the corpus has names of its own
    document.link = {document.filed ? LinkStatus::Auto : LinkStatus::Review, first.mrn, document.filed ? 0.99 : 0.6, {}, {{first.mrn, 0.6, {}}}};
    documents_.push_back(std::move(document));
  }
  void commit() {
    must(archive_.commit(change_));
    change_ = {};
    waiting_ = 0;
  }

  storage::Archive& archive_;
  const std::vector<StoredImage> images_;
  const std::uint64_t waiting_of_;
  storage::Change change_;
  int waiting_ = 0;
  Batch batch_;
  std::vector<Document> documents_;
  std::uint64_t document_ = 0;
  std::set<std::string> known_;
};

struct Stop {};

void fill(const std::string& corpus, std::uint64_t pages, std::uint64_t waiting_of, const std::string& samples, const std::string& folder) {
  const auto archive = must(storage::Archive::open(folder, storage::Access::Write, "bench"));
  Filling filling(*archive, store_images(*archive, samples), waiting_of);
  std::uint64_t taken = 0;
  try {
    each_page(corpus, [&](const CorpusPage& page) {
      filling.take(page);
      if (++taken == pages) throw Stop{};
    });
  } catch (const Stop&) {
  }
  filling.close();
  std::printf("%llu pages\n", static_cast<unsigned long long>(taken));
}

// --- asking ---------------------------------------------------------------------------------------------------------------------

struct Times {
  std::vector<double> ms;
  int refused = 0;
};

std::string escaped(const std::string& text) {
  std::string out;
  for (const unsigned char c : text) {
    char hex[4];
    std::snprintf(hex, sizeof hex, "%%%02X", c);
    out += std::isalnum(c) ? std::string(1, static_cast<char>(c)) : hex;
  }
  return out;
}

std::map<std::string, Times> one_user(std::uint64_t seed, int port, const std::string& token, std::uint64_t pages, const std::vector<Question>& questions, double seconds, double think_ms) {
  using Clock = std::chrono::steady_clock;
  std::mt19937_64 random(seed);
  std::exponential_distribution<double> think(1 / think_ms);
  std::map<std::string, Times> times;
  auto connection = std::make_unique<testing::RawConnection>(port);
  const std::string auth = "Authorization: Bearer " + token + "\r\n";
  std::string last;
  for (const auto end = Clock::now() + std::chrono::duration<double>(seconds); Clock::now() < end;) {
    std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(think(random)));
    const auto dice = random() % 10;
    const std::string kind = dice < 4 ? "search" : dice < 8 ? "page image" : "review next";
    std::string target = "/api/v1/review/next" + (last.empty() ? "" : "?after=" + last);
    if (kind == "search") {
      const Question& question = questions[random() % questions.size()];
      std::string words;
      for (const std::string& word : question.words) words += (words.empty() ? "" : " ") + word;
      target = "/api/v1/search?facets=1&q=" + escaped(words);
    } else if (kind == "page image") {
      target = "/api/v1/pages/" + std::to_string(random() % pages + 1) + "/image?width=" + std::to_string(kScreen);
    }
    const auto began = Clock::now();
    if (!connection->send(testing::request("GET", target, auth))) {
      connection = std::make_unique<testing::RawConnection>(port);  // it was let go while nobody asked
      connection->send(testing::request("GET", target, auth));
    }
    testing::Answer answer = connection->receive();
    if (answer.status == 0) {
      connection = std::make_unique<testing::RawConnection>(port);
      connection->send(testing::request("GET", target, auth));
      answer = connection->receive();
    }
    Times& of = times[kind];
    of.ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - began).count());
    if (answer.status != 200) ++of.refused;
    const std::size_t next = kind == "review next" ? answer.body.find("\"next\":\"") : std::string::npos;
    if (kind == "review next") last = next == std::string::npos ? "" : answer.body.substr(next + 8, answer.body.find('"', next + 8) - next - 8);
  }
  return times;
}

void ask(int users, int port, const std::string& token, std::uint64_t pages, const std::string& queries, double seconds, double think_ms, std::uint64_t seed) {
  const std::vector<Question> questions = read_questions(queries);
  std::vector<std::map<std::string, Times>> all(static_cast<std::size_t>(users));
  std::vector<std::thread> threads;
  for (int user = 0; user < users; ++user)
    threads.emplace_back([&, user] { all[static_cast<std::size_t>(user)] = one_user(seed + static_cast<std::uint64_t>(user), port, token, pages, questions, seconds, think_ms); });
  for (std::thread& thread : threads) thread.join();
  std::map<std::string, Times> together;
  for (const auto& one : all)
    for (const auto& [kind, times] : one) {
      together[kind].ms.insert(together[kind].ms.end(), times.ms.begin(), times.ms.end());
      together[kind].refused += times.refused;
    }
  for (auto& [kind, times] : together) {
    std::sort(times.ms.begin(), times.ms.end());
    const auto at = [&](double share) { return times.ms[std::min(times.ms.size() - 1, static_cast<std::size_t>(share * static_cast<double>(times.ms.size())))]; };
    std::printf("%s\t%zu\t%d\t%.2f\t%.2f\t%.2f\n", kind.c_str(), times.ms.size(), times.refused, at(0.5), at(0.95), times.ms.back());
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::map<std::string, std::string> words{{"--waiting-of", "20"}};
  for (int i = 2; i + 1 < argc; i += 2) words[argv[i]] = argv[i + 1];
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "fill") {
    fill(words["--corpus"], std::stoull(words["--pages"]), std::stoull(words["--waiting-of"]), words["--samples"], words["--archive"]);
  } else if (what == "ask") {
    ask(std::stoi(words["--users"]), std::stoi(words["--port"]), words["--token"], std::stoull(words["--pages"]), words["--queries"], std::stod(words["--seconds"]), std::stod(words["--think"]), std::stoull(words["--seed"]));
  } else {
    fail("bench_serve fill|ask ...; see the head of bench/serve.cpp");
  }
}
