#include "charts/identify.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>

#include "charts/barcode_fields.h"
#include "charts/dates.h"
#include "charts/fuzzy.h"
#include "charts/labels.h"
#include "charts/layout.h"
#include "charts/names.h"
#include "charts/values.h"

namespace chartscan::charts {
namespace {

constexpr double kBelow = 0.92;         // a value under its label is a little less sure than one beside it
constexpr double kBelowReach = 2.6;     // how far under its label a value may stand, in word heights
constexpr double kHeaderName = 0.72;    // "DOE, ANN M" beside an MRN or birth date, without a label
constexpr double kPlainHeaderName = 0.55;  // "Ann M Doe" there
constexpr double kSticker = 0.8, kRepairedSticker = 0.6;  // a date with a sex beside it there
constexpr double kMisreadLabel = 0.7;   // behind a label that had to be guessed
constexpr double kLooseDate = 0.35;     // a date in the head of the page without a label
constexpr int kHeaderRows = 3;          // how near an unlabelled name stands to the MRN or birth date
constexpr double kHeaderReach = 6;      // and at most so many word heights away, whatever lies between

const Token& token(const Layout& layout, int i) { return layout.tokens[static_cast<std::size_t>(i)]; }

struct Found {
  LabelKind kind;
  Value value;
  double confidence;
};

class Identifier {
 public:
  Identifier(const Layout& layout, Size working) : layout_(layout), labels_(find_labels(layout)), used_(layout.tokens.size()) {
    page_height_ = std::max(working.height, layout.content.y1);
    for (std::size_t i = 0; i < labels_.size(); ++i)
      for (int t = labels_[i].first; t < labels_[i].last; ++t) label_of_[t] = static_cast<int>(i);
  }

  std::vector<Field> read() {
    for (std::size_t i = 0; i < labels_.size(); ++i) read_label(labels_[i]);
    join_name_parts();
    misread_labels();
    header_names();
    if (!has(FieldKind::BirthDate)) sticker_birth();
    page_numbers();
    letterhead();
    if (!has(FieldKind::ServiceDate)) loose_date();
    if (!has(FieldKind::Author)) author_by_credential();
    return std::move(fields_);
  }

 private:
  using Reader = std::optional<Value> (*)(const Layout&, int, int);

  static Reader reader_of(LabelKind kind) {
    switch (kind) {
      case LabelKind::Mrn:
      case LabelKind::Account: return read_record_number;
      case LabelKind::Name: return read_name;
      case LabelKind::FamilyName:
      case LabelKind::GivenName:
      case LabelKind::MiddleName: return read_name_part;
      case LabelKind::Birth: return read_birth_date;
      case LabelKind::Sex: return read_sex;
      case LabelKind::Ssn: return read_ssn_last4;
      case LabelKind::Phone: return read_phone;
      case LabelKind::Address: return read_address;
      case LabelKind::Service:
      case LabelKind::Admit:
      case LabelKind::Discharge:
      case LabelKind::SignatureDate: return read_recent_date;
      case LabelKind::Author: return read_author;
      case LabelKind::Facility: return read_words;
      case LabelKind::Other: return read_anything;
    }
    return read_anything;
  }

  bool has(FieldKind kind) const {
    return std::any_of(fields_.begin(), fields_.end(), [&](const Field& field) { return field.kind == kind; });
  }

  // The first token of the next label on the row, or the row's end.
  int next_label(int from) const {
    int i = from;
    while (i < static_cast<int>(layout_.tokens.size()) && token(layout_, i).row == token(layout_, from).row && !label_of_.contains(i)) ++i;
    return i;
  }

  // What stands right of a label: the rest of its cell, or the whole next cell when the label ends its own.
  std::pair<int, int> right_of(const Label& label) const {
    const int count = static_cast<int>(layout_.tokens.size());
    if (label.last >= count || token(layout_, label.last).row != token(layout_, label.first).row || label_of_.contains(label.last))
      return {label.last, label.last};
    const int cell = token(layout_, label.last).cell;
    int end = next_label(label.last);
    for (int i = label.last; i < end; ++i)
      if (token(layout_, i).cell != cell) end = i;
    return {label.last, end};
  }

  // The first tokens in the rows just below that stand under the label and are no label.
  std::pair<int, int> below(const Label& label) const {
    const Box box = box_of(layout_, label.first, label.last);
    const int h = layout_.median_height;
    int right = layout_.content.x1 + 1;
    for (const Label& other : labels_)
      if (token(layout_, other.first).row == token(layout_, label.first).row && token(layout_, other.first).box.x0 > box.x1)
        right = std::min(right, token(layout_, other.first).box.x0 - h / 2);
    for (const Cell& cell : layout_.cells) {
      if (cell.row <= token(layout_, label.first).row || cell.box.y0 - box.y1 > kBelowReach * h) continue;
      if (cell.box.x1 <= box.x0 || cell.box.x0 >= right || cell.first == cell.last) continue;
      int first = cell.first;
      while (first < cell.last && token(layout_, first).box.x0 < box.x0 - h) ++first;
      int last = first;
      while (last < cell.last && token(layout_, last).box.x0 < right && !label_of_.contains(last)) ++last;
      return {first, last};  // a label there means that this one's value is blank
    }
    return {0, 0};
  }

  void read_label(const Label& label) {
    const Reader reader = reader_of(label.kind);
    auto [first, last] = right_of(label);
    // The next cell may be another heading that was misread: then the value stands below, as under the others.
    const bool beside = first < last && token(layout_, first).cell == token(layout_, label.last - 1).cell;
    std::optional<Value> value = first < last ? reader(layout_, first, last) : std::nullopt;
    double confidence = label.confidence;
    // "DOB/Sex: 02/03/1961 F" gives both labels the same right side.
    if (!value && !beside) {
      std::tie(first, last) = shared_right(label);
      value = first < last ? reader(layout_, first, last) : std::nullopt;
    }
    if (!value && !beside) {
      std::tie(first, last) = below(label);
      value = first < last ? reader(layout_, first, last) : std::nullopt;
      if (value && value->first != first) value.reset();  // what comes first there belongs to something else
      confidence *= kBelow;
    }
    if (!value) return;
    for (int i = value->first; i < value->last; ++i)
      if (label.kind != LabelKind::Sex) used_[static_cast<std::size_t>(i)] = true;
    add(label, *value, confidence);
  }

  // "MRN/Account:", "DOB (Age):": labels that share one mark share what follows it.
  std::pair<int, int> shared_right(const Label& label) const {
    const Token& last = token(layout_, label.last - 1);
    const bool joined = last.after.find('/') != std::string::npos ||
                        (label.last < static_cast<int>(layout_.tokens.size()) && token(layout_, label.last).before.find_first_of("/(") != std::string::npos);
    if (!joined) return {0, 0};
    const auto next = std::find_if(labels_.begin(), labels_.end(), [&](const Label& other) { return other.first == label.last; });
    return next == labels_.end() ? std::pair{0, 0} : right_of(*next);
  }

  void put(FieldKind kind, const std::string& text, int first, int last, double confidence, const char* source) {
    const Box box = box_of(layout_, first, last);
    confidence *= confidence_of(layout_, first, last);
    for (Field& field : fields_)
      if (field.kind == kind && field.value == text) {
        if (confidence > field.confidence) field = {kind, text, box, confidence, source};
        return;
      }
    fields_.push_back({kind, text, box, confidence, source});
  }

  void add(const Label& label, const Value& value, double confidence) {
    const auto field = [&](FieldKind kind) { put(kind, value.text, value.first, value.last, confidence * value.certainty, "label"); };
    switch (label.kind) {
      case LabelKind::Mrn: return field(FieldKind::Mrn);
      case LabelKind::Account: return field(FieldKind::Account);
      case LabelKind::Name: return field(FieldKind::PatientName);
      case LabelKind::FamilyName:
      case LabelKind::GivenName:
      case LabelKind::MiddleName:
        parts_.push_back({label.kind, value, confidence});
        return;
      case LabelKind::Birth:
        // How surely it was read, whatever its label: linking weighs that against a digit that differs.
        return put(FieldKind::BirthDate, value.text, value.first, value.last, value.certainty, "label");
      case LabelKind::Sex: return field(FieldKind::Sex);
      case LabelKind::Ssn: return field(FieldKind::SsnLast4);
      case LabelKind::Phone: return field(FieldKind::Phone);
      case LabelKind::Address: return field(FieldKind::Address);
      case LabelKind::Admit:  // where nothing else says of when the document is, it is of the stay
        field(FieldKind::AdmitDate);
        return field(FieldKind::ServiceDate);
      case LabelKind::Discharge:
        field(FieldKind::DischargeDate);
        return field(FieldKind::ServiceDate);
      case LabelKind::Service: return field(near_signature(label) ? FieldKind::SignatureDate : FieldKind::ServiceDate);
      case LabelKind::SignatureDate: return field(FieldKind::SignatureDate);
      case LabelKind::Author:
        field(FieldKind::Author);
        signing_date(label, value);
        return;
      case LabelKind::Facility: return field(FieldKind::Facility);
      case LabelKind::Other: return;
    }
  }

  // A plain "Date:" on the row of a signature or just under it is the day of signing.
  bool near_signature(const Label& label) const {
    if (label.last - label.first > 2 || fold(token(layout_, label.first).text) != fold("date")) return false;
    const int row = token(layout_, label.first).row;
    const int y = token(layout_, label.first).box.y0;
    return std::any_of(layout_.tokens.begin(), layout_.tokens.end(), [&](const Token& word) {
      const bool signs = word.folded == fold("signature") || word.folded == fold("signed") || word.folded == fold("witness");
      if (signs && word.row == row) return true;
      return signs && y >= page_height_ * 3 / 10 && word.row <= row + 1 && word.row >= row - 1 && std::abs(word.box.y0 - y) < 4 * layout_.median_height;
    });
  }

  // "Electronically signed by Jane Roe, MD on 03/04/2021 10:15"
  void signing_date(const Label& label, const Value& value) {
    const std::string words = fold(printed(layout_, label.first, label.last));
    if (words.find(fold("signed")) == std::string::npos && words.find(fold("authenticated")) == std::string::npos) return;
    const int row = token(layout_, label.first).row;
    for (int i = value.last; i < static_cast<int>(layout_.tokens.size()) && token(layout_, i).row <= row + 1 && i < value.last + 8; ++i)
      if (const auto date = date_at(layout_, i, static_cast<int>(layout_.tokens.size()), Century::Recent)) {
        put(FieldKind::SignatureDate, to_string(date->date), i, i + date->tokens, 0.9, "text");
        for (int t = i; t < i + date->tokens; ++t) used_[static_cast<std::size_t>(t)] = true;
        return;
      }
  }

  // "Last name" and "First name" boxes of one form: the nearest ones belong together.
  void join_name_parts() {
    for (const Found& family : parts_) {
      if (family.kind != LabelKind::FamilyName) continue;
      const Found* given = nearest(family, LabelKind::GivenName);
      if (!given) continue;
      PersonName name{family.value.text, given->value.text, "", ""};
      const auto blank = name.given.find(' ');
      if (blank != std::string::npos) {
        name.middle = name.given.substr(blank + 1);
        name.given.resize(blank);
      }
      if (const Found* middle = nearest(family, LabelKind::MiddleName); middle && name.middle.empty()) name.middle = middle->value.text;
      if (const auto suffix = name.family.rfind(' '); suffix != std::string::npos && is_suffix(name.family.substr(suffix + 1))) {
        name.suffix = normal_suffix(name.family.substr(suffix + 1));
        name.family.resize(suffix);
      }
      put(FieldKind::PatientName, to_field(name), family.value.first, family.value.last, std::min(family.confidence, given->confidence), "label");
      Field& field = fields_.back();
      field.box = united(field.box, box_of(layout_, given->value.first, given->value.last));
    }
  }

  const Found* nearest(const Found& from, LabelKind kind) const {
    const Found* best = nullptr;
    const auto rows_away = [&](const Found& part) { return std::abs(token(layout_, part.value.first).row - token(layout_, from.value.first).row); };
    for (const Found& part : parts_)
      if (part.kind == kind && rows_away(part) <= 2 && (!best || rows_away(part) < rows_away(*best))) best = &part;
    return best;
  }

  // "MBN: 4410982", "Nane: DOE, ANN": what follows a label that nothing but a misreading explains, where no other place says it.
  void misread_labels() {
    const bool mrn = has(FieldKind::Mrn), name = has(FieldKind::PatientName), birth = has(FieldKind::BirthDate);
    if (mrn && name && birth) return;
    for (const Cell& cell : layout_.cells) {
      int first = cell.first;
      for (int i = cell.first; i + 1 < cell.last; ++i) {
        if (label_of_.contains(i) || used_[static_cast<std::size_t>(i)]) first = i + 1;
        if (first > i || i - first >= 4 || token(layout_, i).after.find_first_of(":#") == std::string::npos) continue;
        const auto kind = misread_label(layout_, first, i + 1);
        first = i + 1;
        if (!kind || (*kind == LabelKind::Mrn ? mrn : *kind == LabelKind::Name ? name : birth)) continue;
        const auto value = reader_of(*kind)(layout_, i + 1, std::min(cell.last, next_label(i + 1)));
        if (!value || value->first != i + 1) continue;
        for (int t = value->first; t < value->last; ++t) used_[static_cast<std::size_t>(t)] = true;
        const FieldKind field = *kind == LabelKind::Mrn ? FieldKind::Mrn : *kind == LabelKind::Name ? FieldKind::PatientName : FieldKind::BirthDate;
        put(field, value->text, value->first, value->last, kMisreadLabel * value->certainty, kNearLabel);
      }
    }
  }

  // A name without a label in the block of an MRN or birth date: stickers and running heads.
  void header_names() {
    if (has(FieldKind::PatientName)) return;
    for (const Cell& cell : layout_.cells) {
      int last = cell.first;
      while (last < cell.last && !label_of_.contains(last) && !used_[static_cast<std::size_t>(last)]) ++last;
      if (last - cell.first < 2) continue;
      int tokens = 0;
      auto name = person_at(layout_, cell.first, last, tokens);
      if (name && tokens >= 3 && is_sex_before_date(cell.first + tokens - 1)) name = person_at(layout_, cell.first, cell.first + tokens - 1, tokens);
      if (!name || has_credential_after(layout_, cell.first + tokens) || is_place(*name)) continue;
      if (last == cell.last && tokens < last - cell.first && !follows_age_or_sex(cell.first + tokens)) continue;  // more than a name: a sentence
      const bool comma = token(layout_, cell.first).after.find(',') != std::string::npos ||
                         (tokens > 2 && token(layout_, cell.first + 1).after.find(',') != std::string::npos);
      if (!beside_identifier(cell, comma)) continue;
      put(FieldKind::PatientName, to_field(*name), cell.first, cell.first + tokens, comma ? kHeaderName : kPlainHeaderName, "header");
    }
  }

  // "ROE, JANE  F  02/03/1961": that letter is no middle initial.
  bool is_sex_before_date(int at) const {
    const auto count = static_cast<int>(layout_.tokens.size());
    const std::string& text = token(layout_, at).text;
    return (text == "M" || text == "F") && at + 1 < count && token(layout_, at + 1).row == token(layout_, at).row &&
           date_at(layout_, at + 1, count, Century::Birth).has_value();
  }

  bool is_sex_at(int at, int row) const {
    return at >= 0 && at < static_cast<int>(layout_.tokens.size()) && token(layout_, at).row == row && (token(layout_, at).text == "M" || token(layout_, at).text == "F");
  }

  // Stickers have no labels: a date with a sex beside it, near the record number, is the birth date.
  void sticker_birth() {
    const auto count = static_cast<int>(layout_.tokens.size());
    for (int i = 0; i < count; ++i) {
      if (used_[static_cast<std::size_t>(i)] || label_of_.contains(i)) continue;
      const auto date = date_at(layout_, i, count, Century::Birth);
      if (!date) continue;
      const int row = token(layout_, i).row;
      const int sex = is_sex_at(i - 1, row) ? i - 1 : is_sex_at(i + date->tokens, row) ? i + date->tokens : -1;
      if (sex < 0 || !beside_identifier(layout_.cells[static_cast<std::size_t>(token(layout_, i).cell)], true)) continue;
      put(FieldKind::BirthDate, to_string(date->date), i, i + date->tokens, date->repaired ? kRepairedSticker : kSticker, "header");
      if (!has(FieldKind::Sex)) put(FieldKind::Sex, token(layout_, sex).text, sex, sex + 1, kSticker, "header");
      for (int t = i; t < i + date->tokens; ++t) used_[static_cast<std::size_t>(t)] = true;
      return;
    }
  }

  bool follows_age_or_sex(int at) const {
    const std::string& text = token(layout_, at).text;
    return !sex_of(text).empty() || std::isdigit(static_cast<unsigned char>(text.front()));
  }

  static bool is_place(const PersonName& name) {
    static constexpr std::string_view kStates =
        " AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT "
        "VA WA WV WI WY DC ";
    return name.given.size() == 2 && name.middle.empty() && kStates.find(" " + name.given + " ") != std::string_view::npos;
  }

  bool beside_identifier(const Cell& cell, bool comma) const {
    return std::any_of(labels_.begin(), labels_.end(), [&](const Label& label) {
      if (label.kind != LabelKind::Mrn && label.kind != LabelKind::Birth) return false;
      const Token& first = token(layout_, label.first);
      const int rows = first.row - cell.row;
      if (std::max(first.box.y0 - cell.box.y1, cell.box.y0 - first.box.y1) > kHeaderReach * layout_.median_height) return false;
      const bool over = first.box.x0 < cell.box.x1 && cell.box.x0 < box_of(layout_, label.first, label.last).x1 + 20 * layout_.median_height;
      if (rows == 0) return true;
      if (!comma) return rows == 1 && over;
      return rows >= -1 && rows <= kHeaderRows && over;
    });
  }

  // "Page 2 of 3", "Pg. 2/3", "2 of 3" alone in the head or foot.
  void page_numbers() {
    for (int i = 0; i < static_cast<int>(layout_.tokens.size()); ++i) {
      const Token& word = token(layout_, i);
      const bool page = word.folded == fold("page") || word.folded == fold("pg");
      const auto read = read_page_number(layout_, page ? i + 1 : i);
      if (!read || token(layout_, page ? i + 1 : i).row != word.row) continue;
      const Cell& cell = layout_.cells[static_cast<std::size_t>(word.cell)];
      const bool margin = word.box.y0 < page_height_ / 8 || word.box.y1 > page_height_ * 7 / 8;
      if (!page && !(read->total && margin && cell.first == i && cell.last == read->last)) continue;
      if (page && i > cell.first && !margin && !read->total) continue;  // "see page 2" in running text
      put(FieldKind::PageNumber, std::to_string(read->number) + "/" + (read->total ? std::to_string(read->total) : ""), i, read->last,
          read->total ? 0.95 : 0.75, "text");
      if (page) return;
    }
  }

  void letterhead() {
    if (has(FieldKind::Facility)) return;
    static constexpr std::array<std::string_view, 12> kPlaces{"HOSPITAL", "CLINIC", "CENTER", "CENTRE", "HEALTHCARE", "INFIRMARY",
                                                              "ASSOCIATES", "LABORATORIES", "HEALTH", "PHYSICIANS", "SURGICENTER", "MEDICINE"};
    for (const Cell& cell : layout_.cells) {
      if (cell.box.y0 > layout_.content.y0 + page_height_ / 7) return;
      if (cell.last - cell.first < 2 || cell.last - cell.first > 8 || label_of_.contains(cell.first)) continue;
      for (int i = cell.first; i < cell.last; ++i) {
        const std::string word = letters(token(layout_, i).text);
        if (std::find(kPlaces.begin(), kPlaces.end(), word) == kPlaces.end() || token(layout_, i).after.find(':') != std::string::npos) continue;
        put(FieldKind::Facility, printed(layout_, cell.first, cell.last), cell.first, cell.last, 0.8, "header");
        return;
      }
    }
  }

  // "EFFECTIVE 01/01/2024" on an insurance card, there or in the line above, "Rev. 03/2019" on a form: a date, but not of what was done.
  bool of_something_else(int date) const {
    static constexpr std::array<std::string_view, 14> kWords{"EFFECTIVE", "EFF", "EXPIRES", "EXP", "EXPIRATION", "VALID", "THRU", "THROUGH",
                                                             "UNTIL", "SINCE", "REV", "REVISED", "PRINTED", "FROM"};
    for (int before = 1; before <= 2 && date >= before; ++before) {
      if (token(layout_, date - before).row != token(layout_, date).row) break;
      if (std::ranges::find(kWords, letters(token(layout_, date - before).text)) != kWords.end()) return true;
    }
    const Box& box = token(layout_, date).box;
    for (int above = date - 1; above >= 0 && box.y0 - token(layout_, above).box.y1 < 2 * layout_.median_height; --above) {
      const Box& word = token(layout_, above).box;
      const bool over = word.y1 <= box.y0 && word.x0 < box.x1 + 4 * layout_.median_height && word.x1 > box.x0 - layout_.median_height;
      if (over && std::ranges::find(kWords, letters(token(layout_, above).text)) != kWords.end()) return true;
    }
    return false;
  }

  void loose_date() {
    for (int i = 0; i < static_cast<int>(layout_.tokens.size()); ++i) {
      if (token(layout_, i).box.y0 > page_height_ * 3 / 10) return;
      if (used_[static_cast<std::size_t>(i)] || label_of_.contains(i)) continue;
      const auto date = date_at(layout_, i, static_cast<int>(layout_.tokens.size()), Century::Recent);
      if (!date || token(layout_, i + date->tokens - 1).row != token(layout_, i).row) continue;
      if (of_something_else(i)) continue;
      if (date->tokens == 1) continue;  // eight digits in a row may be any number
      put(FieldKind::ServiceDate, to_string(date->date), i, i + date->tokens, kLooseDate, "header");
      return;
    }
  }

  // "Jane Roe, M.D." under a report.
  void author_by_credential() {
    for (auto cell = layout_.cells.rbegin(); cell != layout_.cells.rend(); ++cell) {
      if (cell->box.y0 < layout_.content.y0 + layout_.content.height() / 3) return;
      if (cell->first == cell->last || used_[static_cast<std::size_t>(cell->first)] || label_of_.contains(cell->first)) continue;
      int tokens = 0;
      if (!person_at(layout_, cell->first, cell->last, tokens) || !has_credential_after(layout_, cell->first + tokens)) continue;
      const auto value = read_author(layout_, cell->first, cell->last);
      if (value) put(FieldKind::Author, value->text, value->first, value->last, 0.6, "text");
      return;
    }
  }

  const Layout& layout_;
  std::vector<Label> labels_;
  std::map<int, int> label_of_;
  std::vector<bool> used_;  // tokens that some label has taken
  std::vector<Found> parts_;
  std::vector<Field> fields_;
  int page_height_ = 0;
};

}  // namespace

std::vector<Field> identify(const PageText& text, const std::vector<Barcode>& barcodes, Size working, int /*dpi*/) {
  const Layout layout = lay_out(text);
  std::vector<Field> fields = Identifier(layout, working).read();
  for (const Barcode& barcode : barcodes)
    for (Field& field : fields_of(barcode)) {
      const auto same = std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.kind == field.kind && f.value == field.value; });
      if (same == fields.end()) fields.push_back(std::move(field));
      else same->confidence = std::max(same->confidence, std::max(field.confidence, 0.98));  // printed and coded alike
    }
  std::stable_sort(fields.begin(), fields.end(), [](const Field& a, const Field& b) {
    return a.kind != b.kind ? a.kind < b.kind : a.confidence > b.confidence;
  });
  return fields;
}

}  // namespace chartscan::charts
