#include "tests/scan/rigs/escl_simulator.h"

#include <httplib.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "imaging/decode.h"
#include "scanner-drivers/virtual/tray.h"
#include "tests/scan/rigs/sheets.h"

namespace chartscan::testing {

namespace {

using scan::virtual_feeder::PlannedFault;
using scan::virtual_feeder::Tray;

constexpr const char* kName = "SIMULATOR";
constexpr const char* kSpaces =
    R"(xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03" xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm")";

const char* mime(EsclFormat format) { return format == EsclFormat::Jpeg ? "image/jpeg" : "image/png"; }

std::string capabilities(EsclFormat format) {
  // The sheets of these tests: half of Letter each way, in 1/300 inch, so that nothing is padded.
  const std::string caps = fmt::format(
      "<scan:MinWidth>16</scan:MinWidth><scan:MaxWidth>1275</scan:MaxWidth><scan:MinHeight>16</"
      "scan:MinHeight><scan:MaxHeight>1650</scan:MaxHeight>"
      "<scan:MaxScanRegions>1</scan:MaxScanRegions><scan:SettingProfiles><scan:SettingProfile>"
      "<scan:ColorModes><scan:ColorMode>Grayscale8</scan:ColorMode><scan:ColorMode>RGB24</scan:ColorMode></scan:ColorModes>"
      "<scan:DocumentFormats><pwg:DocumentFormat>{0}</pwg:DocumentFormat><scan:DocumentFormatExt>{0}</scan:DocumentFormatExt></"
      "scan:DocumentFormats>"
      "<scan:SupportedResolutions><scan:DiscreteResolutions><scan:DiscreteResolution><scan:XResolution>100</scan:XResolution>"
      "<scan:YResolution>100</scan:YResolution></scan:DiscreteResolution></scan:DiscreteResolutions></scan:SupportedResolutions>"
      "</scan:SettingProfile></scan:SettingProfiles>",
      mime(format));
  return fmt::format(
      R"(<?xml version="1.0" encoding="UTF-8"?><scan:ScannerCapabilities {0}><pwg:Version>2.63</pwg:Version>)"
      "<pwg:MakeAndModel>Chartscan eSCL "
      "simulator</pwg:MakeAndModel><scan:Adf><scan:AdfSimplexInputCaps>{1}</scan:AdfSimplexInputCaps>"
      "<scan:AdfDuplexInputCaps>{1}</scan:AdfDuplexInputCaps><scan:AdfOptions><scan:AdfOption>DetectPaperLoaded</scan:AdfOption>"
      "<scan:AdfOption>Duplex</scan:AdfOption></scan:AdfOptions></scan:Adf></scan:ScannerCapabilities>",
      kSpaces, caps);
}

imaging::Image colored(const imaging::Image& gray) {
  imaging::Image image = imaging::blank_image(gray.width, gray.height, 3);
  for (std::size_t i = 0; i < gray.pixels.size(); ++i)
    std::fill_n(image.pixels.begin() + static_cast<std::ptrdiff_t>(3 * i), 3, gray.pixels[i]);
  return image;
}

}  // namespace

class EsclSimulator::Server {
 public:
  Server(std::filesystem::path tray, EsclFormat format) : tray_(std::move(tray)), format_(format) {
    routes();
    port_ = http_.bind_to_any_port("127.0.0.1");
    thread_ = std::jthread([this] { http_.listen_after_bind(); });
  }
  ~Server() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    http_.stop();
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  int port() const { return port_; }
  int served() const { return served_; }

 private:
  void routes() {
    using httplib::Request, httplib::Response;
    http_.Get("/eSCL/ScannerCapabilities",
              [this](const Request&, Response& response) { response.set_content(capabilities(format_), "text/xml"); });
    http_.Get("/eSCL/ScannerStatus", [this](const Request&, Response& response) { response.set_content(status(), "text/xml"); });
    http_.Post("/eSCL/ScanJobs", [this](const Request& request, Response& response) { begin(request, response); });
    http_.Get(R"(/eSCL/ScanJobs/(\d+)/NextDocument)", [this](const Request&, Response& response) { next(response); });
    http_.Delete(R"(/eSCL/ScanJobs/(\d+))", [](const Request&, Response&) {});
  }

  std::string status() {
    const std::lock_guard lock(mutex_);
    const std::string adf = !trouble_.empty() ? trouble_ : tray_.top().empty() ? "ScannerAdfEmpty" : "ScannerAdfLoaded";
    return fmt::format(R"(<?xml version="1.0" encoding="UTF-8"?><scan:ScannerStatus {}><pwg:Version>2.63</pwg:Version>)"
                       "<pwg:State>{}</pwg:State><scan:AdfState>{}</scan:AdfState></scan:ScannerStatus>",
                       kSpaces, trouble_.empty() ? "Idle" : "Stopped", adf);
  }

  // A new job finds the feeder as the operator left it: put right, and with the sheet in work back on the stack.
  void begin(const httplib::Request& request, httplib::Response& response) {
    const std::lock_guard lock(mutex_);
    trouble_.clear();
    duplex_ = request.body.find("<scan:Duplex>true") != std::string::npos;
    color_ = request.body.find("RGB24") != std::string::npos;
    side_ = 0;
    response.status = 201;
    response.set_header("Location", fmt::format("/eSCL/ScanJobs/{}", ++job_));
  }

  void next(httplib::Response& response) {
    std::unique_lock lock(mutex_);
    const std::string sheet = tray_.top();
    if (sheet.empty()) {
      response.status = 404;
      return;
    }
    const PlannedFault fault = tray_.take_fault(sheet, side_).value_or(PlannedFault{});
    const double seconds = fault.numbers.empty() ? 3600 : fault.numbers[0];
    if (fault.kind == "jam")
      return refuse(response, "ScannerAdfJam", fault.numbers.empty() ? 409 : static_cast<int>(fault.numbers[0]));
    if (fault.kind == "cover") return refuse(response, "ScannerAdfHatchOpen");
    if (fault.kind == "double") return refuse(response, "ScannerAdfMultipickDetected");
    if (fault.kind == "nodocs") {
      response.status = 404;
      return;
    }
    const auto now = std::chrono::steady_clock::now();
    if (fault.kind == "busy") busy_until_ = now + std::chrono::milliseconds(static_cast<int>(seconds * 1000));
    if (now < busy_until_) {
      response.status = 503;
      return;
    }
    if (fault.kind == "hang")
      wake_.wait_for(lock, std::chrono::milliseconds(static_cast<int>(seconds * 1000)), [this] { return stopping_; });
    deliver(response, sheet, fault.kind);
  }

  void refuse(httplib::Response& response, const char* state, int http_status = 409) {
    trouble_ = state;
    response.status = http_status;
  }

  void deliver(httplib::Response& response, const std::string& sheet, const std::string& fault) {
    const imaging::Image gray = numbered_side({std::stoi(sheet), side_});
    const imaging::Image image = color_ ? colored(gray) : gray;
    std::vector<std::uint8_t> bytes = format_ == EsclFormat::Jpeg ? imaging::encode_jpeg(image, 90) : imaging::encode_png(image);
    if (fault == "ioerr") {
      response.set_content_provider(
          bytes.size(), mime(format_),
          [half = std::string(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(bytes.size() / 2))](
              std::size_t at, std::size_t, httplib::DataSink& sink) {
            return at == 0 && sink.write(half.data(), half.size());  // then no more: the connection is closed
          });
      return;
    }
    if (fault == "grey") bytes.resize(bytes.size() / 2);
    ++served_;
    if (duplex_ && side_ == 0) {
      side_ = 1;
    } else {
      tray_.put_out(sheet);
      side_ = 0;
    }
    response.set_content(std::string(bytes.begin(), bytes.end()), mime(format_));
  }

  Tray tray_;
  EsclFormat format_;
  httplib::Server http_;
  int port_ = 0;
  std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  bool stopping_ = false, duplex_ = false, color_ = false;
  int side_ = 0, job_ = 0;
  std::string trouble_;
  std::chrono::steady_clock::time_point busy_until_{};
  std::atomic<int> served_ = 0;
  std::jthread thread_;
};

EsclSimulator::EsclSimulator(const SaneWorld& client, EsclFormat format)
    : server_(std::make_unique<Server>(client.tray(), format)) {
  client.configure("airscan.conf",
                   fmt::format("[devices]\n\"{}\" = http://127.0.0.1:{}/eSCL, eSCL\n[options]\ndiscovery = disable\n", kName,
                               server_->port()));
}

EsclSimulator::~EsclSimulator() = default;

std::string EsclSimulator::device() const { return fmt::format("sane:airscan:e0:{}", kName); }
int EsclSimulator::sides_served() const { return server_->served(); }

}  // namespace chartscan::testing
