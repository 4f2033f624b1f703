// What crosses the border to a TWAIN source manager: codes and structures of the TWAIN 2.x specification, as far as this
// driver uses them, declared by ourselves. Structures are packed to 2 bytes, integers have their exact width, strings one
// byte more than their name says (and are rounded up to even). Every size is asserted below.
//
// Enumerations have a fixed underlying type, so that a code we have never heard of is still a legal value.
#pragma once

#include <cstdint>
#include <cstring>

#if defined(_WIN32)
#define CHARTSCAN_TWAIN_CALL __stdcall
#else
#define CHARTSCAN_TWAIN_CALL
#endif

namespace chartscan::scan::twain {

// --- triplets: which group, about what, which message ------------------------------------------------------------------
constexpr std::uint32_t kGroupControl = 0x0001, kGroupImage = 0x0002;
constexpr std::uint32_t kDsm2 = 0x10000000;  // the manager gives entry points for memory
constexpr std::uint32_t kApp2 = 0x20000000;  // we know how to use them
constexpr std::uint32_t kDs2 = 0x40000000;   // so does the source

enum class Data : std::uint16_t {
  Null = 0x0000,
  Capability = 0x0001,
  Event = 0x0002,
  Identity = 0x0003,
  Parent = 0x0004,
  PendingTransfers = 0x0005,
  SetupMemory = 0x0006,
  SetupFile = 0x0007,
  Status = 0x0008,
  UserInterface = 0x0009,
  Callback = 0x0010,
  Callback2 = 0x0012,
  ImageInfo = 0x0101,
  ImageLayout = 0x0102,
  MemoryTransfer = 0x0103,
  NativeTransfer = 0x0104,
  FileTransfer = 0x0105,
  ExtendedImageInfo = 0x010b,
  EntryPoint = 0x0403,
};

enum class Message : std::uint16_t {
  Null = 0x0000,
  Get = 0x0001,
  GetCurrent = 0x0002,
  GetDefault = 0x0003,
  GetFirst = 0x0004,
  GetNext = 0x0005,
  Set = 0x0006,
  Reset = 0x0007,
  TransferReady = 0x0101,
  CloseRequest = 0x0102,
  CloseOk = 0x0103,
  DeviceEvent = 0x0104,  // from the source to us
  OpenManager = 0x0301,
  CloseManager = 0x0302,
  OpenSource = 0x0401,
  CloseSource = 0x0402,
  DisableSource = 0x0501,
  EnableSource = 0x0502,
  ProcessEvent = 0x0601,
  EndTransfer = 0x0701,
  StopFeeder = 0x0702,
  RegisterCallback = 0x0902,
};

enum class ReturnCode : std::uint16_t {
  Success = 0,
  Failure = 1,
  CheckStatus = 2,
  Cancel = 3,
  SourceEvent = 4,
  NotSourceEvent = 5,
  TransferDone = 6,
  EndOfList = 7,
  InfoNotSupported = 8,
  DataNotAvailable = 9,
  Busy = 10,
  ScannerLocked = 11,
};

enum class ConditionCode : std::uint16_t {
  Success = 0,
  Bummer = 1,
  LowMemory = 2,
  NoSource = 3,
  MaxConnections = 4,
  OperationError = 5,
  BadCapability = 6,
  BadProtocol = 9,
  BadValue = 10,
  SequenceError = 11,
  BadDestination = 12,
  CapabilityUnsupported = 13,
  CapabilityBadOperation = 14,
  CapabilitySequenceError = 15,
  Denied = 16,
  FileExists = 17,
  FileNotFound = 18,
  NotEmpty = 19,
  PaperJam = 20,
  PaperDoubleFeed = 21,
  FileWriteError = 22,
  CheckDeviceOnline = 23,
  Interlock = 24,
  DamagedCorner = 25,
  FocusError = 26,
  DocumentTooLight = 27,
  DocumentTooDark = 28,
  NoMedia = 29,
};

// --- capabilities ------------------------------------------------------------------------------------------------------
enum class Cap : std::uint16_t {
  TransferCount = 0x0001,
  Compression = 0x0100,
  PixelType = 0x0101,
  Units = 0x0102,
  TransferMechanism = 0x0103,
  FeederEnabled = 0x1002,
  FeederLoaded = 0x1003,
  SupportedCaps = 0x1005,
  AutoFeed = 0x1007,
  Indicators = 0x100b,
  PaperDetectable = 0x100d,
  UiControllable = 0x100e,
  DeviceOnline = 0x100f,
  AutoScan = 0x1010,
  Duplex = 0x1012,
  DuplexEnabled = 0x1013,
  SerialNumber = 0x1024,
  DoubleFeedDetection = 0x103f,
  DoubleFeedDetectionLength = 0x1040,
  DoubleFeedDetectionSensitivity = 0x1041,
  DoubleFeedDetectionResponse = 0x1042,
  Brightness = 0x1101,
  Contrast = 0x1103,
  ImageFileFormat = 0x110c,
  PhysicalWidth = 0x1111,
  PhysicalHeight = 0x1112,
  XResolution = 0x1118,
  YResolution = 0x1119,
  Tiles = 0x111b,
  BitOrder = 0x111c,
  PixelFlavor = 0x111f,
  PlanarChunky = 0x1120,
  SupportedSizes = 0x1122,
  BitDepth = 0x112b,
  UndefinedImageSize = 0x112d,
  ExtendedImageInfo = 0x112f,
  AutoDiscardBlankPages = 0x1134,
  PatchCodeDetectionEnabled = 0x113f,
};

enum class Container : std::uint16_t { Array = 3, Enumeration = 4, OneValue = 5, Range = 6 };

enum class ItemType : std::uint16_t {
  Int8 = 0,
  Int16 = 1,
  Int32 = 2,
  Uint8 = 3,
  Uint16 = 4,
  Uint32 = 5,
  Bool = 6,
  Fix32 = 7,
  Frame = 8,
  Str32 = 9,
  Str64 = 10,
  Str128 = 11,
  Str255 = 12,
  Handle = 15,
};

// Values of single capabilities.
constexpr int kTransferAll = -1;  // CAP_XFERCOUNT
constexpr int kUnitInches = 0;    // ICAP_UNITS
constexpr int kPixelBw = 0, kPixelGray = 1, kPixelRgb = 2, kPixelPalette = 3;
constexpr int kNative = 0, kFile = 1, kMemory = 2;  // ICAP_XFERMECH
constexpr int kChocolate = 0, kVanilla = 1;         // ICAP_PIXELFLAVOR: zero is black, zero is white
constexpr int kChunky = 0;                          // ICAP_PLANARCHUNKY
constexpr int kLsbFirst = 0, kMsbFirst = 1;         // ICAP_BITORDER
constexpr int kCompressionNone = 0;
constexpr int kFileTiff = 0, kFileBmp = 2;                         // ICAP_IMAGEFILEFORMAT
constexpr int kSizeNone = 0;                                       // ICAP_SUPPORTEDSIZES: the frame decides
constexpr int kDuplexNone = 0;                                     // CAP_DUPLEX
constexpr int kKeepBlankPages = -2;                                // ICAP_AUTODISCARDBLANKPAGES
constexpr int kDoubleFeedUltrasonic = 0, kDoubleFeedByLength = 1;  // CAP_DOUBLEFEEDDETECTION
constexpr int kDoubleFeedStop = 0;                                 // CAP_DOUBLEFEEDDETECTIONRESPONSE

// What can be asked about a side that was transferred.
enum class Info : std::uint16_t { PatchCode = 0x1212, PageSide = 0x1245 };
constexpr int kPageSideTop = 1, kPageSideBottom = 2;

constexpr std::uint32_t kDontCare32 = 0xffffffff;

namespace wire {
#pragma pack(push, 2)

using Handle = void*;

template <std::size_t kSize>
struct Text {
  char bytes[kSize];
};
using Str32 = Text<34>;
using Str255 = Text<256>;

// Whole part rounded down, so -0.5 is {-1, 32768}.
struct Fix32 {
  std::int16_t whole;
  std::uint16_t fraction;
};

struct Version {
  std::uint16_t major, minor, language, country;
  Str32 info;
};

struct Identity {
  std::uint32_t id;
  Version version;
  std::uint16_t protocol_major, protocol_minor;
  std::uint32_t groups;
  Str32 manufacturer, family, product;
};

struct Status {
  std::uint16_t condition, data;
};

struct Capability {
  std::uint16_t capability, container;
  Handle values;
};

// Containers begin like these; the items follow.
struct OneValue {
  std::uint16_t item_type;
  std::uint32_t item;  // a 16 bit value stands in its first two bytes
};
struct Array {
  std::uint16_t item_type;
  std::uint32_t count;
  std::uint8_t items[1];
};
struct Enumeration {
  std::uint16_t item_type;
  std::uint32_t count, current, preset;
  std::uint8_t items[1];
};
struct Range {
  std::uint16_t item_type;
  std::uint32_t low, high, step, preset, current;
};

struct UserInterface {
  std::uint16_t show, modal;
  Handle parent;
};

struct Event {
  void* native;
  std::uint16_t message;
};

struct Callback {
  void* function;
  std::uint32_t context;
  std::int16_t message;
};
struct Callback2 {
  void* function;
  std::uintptr_t context;
  std::int16_t message;
};

struct ImageInfo {
  Fix32 x_resolution, y_resolution;
  std::int32_t width, length;
  std::int16_t samples_per_pixel, bits_per_sample[8], bits_per_pixel;
  std::uint16_t planar;
  std::int16_t pixel_type;
  std::uint16_t compression;
};

struct Frame {
  Fix32 left, top, right, bottom;
};
struct ImageLayout {
  Frame frame;
  std::uint32_t document, page, frame_number;
};

struct SetupMemory {
  std::uint32_t least, most, preferred;
};
constexpr std::uint32_t kMemoryAppOwns = 0x0001, kMemoryPointer = 0x0008;
struct Memory {
  std::uint32_t flags, length;
  void* bytes;
};
struct MemoryTransfer {
  std::uint16_t compression;
  std::uint32_t bytes_per_row, columns, rows, x, y, written;
  Memory memory;
};

struct SetupFile {
  Str255 name;
  std::uint16_t format;
  std::int16_t volume;
};

struct PendingTransfers {
  std::uint16_t count;  // 0xffff: unknown, at least one more. Compare with 0, never count down.
  std::uint32_t end_of_job;
};

struct InfoItem {
  std::uint16_t id, item_type, count, return_code;
  std::uintptr_t item;  // the value, or a handle when it is larger
};
struct ExtendedImageInfo {
  std::uint32_t count;
  InfoItem items[1];
};

using DsmEntry = std::uint16_t(CHARTSCAN_TWAIN_CALL*)(Identity* origin, Identity* destination, std::uint32_t group,
                                                      std::uint16_t data, std::uint16_t message, void* body);

struct EntryPoint {
  std::uint32_t size;
  DsmEntry entry;
  Handle(CHARTSCAN_TWAIN_CALL* allocate)(std::uint32_t bytes);
  void(CHARTSCAN_TWAIN_CALL* free)(Handle);
  void*(CHARTSCAN_TWAIN_CALL* lock)(Handle);
  void(CHARTSCAN_TWAIN_CALL* unlock)(Handle);
};

#pragma pack(pop)

// A TWAIN header of the time before 2.4 took 32 bit numbers for `long`; such a source or manager disagrees with these sizes.
static_assert(sizeof(Fix32) == 4 && sizeof(Identity) == 156 && sizeof(Version) == 42 && sizeof(Status) == 4);
static_assert(sizeof(OneValue) == 6 && sizeof(Array) == 8 && sizeof(Enumeration) == 16 && sizeof(Range) == 22);
static_assert(sizeof(ImageInfo) == 42 && sizeof(ImageLayout) == 28 && sizeof(SetupMemory) == 12 && sizeof(SetupFile) == 260);
static_assert(sizeof(PendingTransfers) == 6);
static_assert(sizeof(void*) != 8 ||
              (sizeof(Capability) == 12 && sizeof(EntryPoint) == 44 && sizeof(UserInterface) == 12 && sizeof(Event) == 10 &&
               sizeof(Callback) == 14 && sizeof(Callback2) == 18 && sizeof(Memory) == 16 && sizeof(MemoryTransfer) == 42 &&
               sizeof(InfoItem) == 16 && sizeof(ExtendedImageInfo) == 20));

// Copies a name in, cut to what fits, always ended.
template <std::size_t kSize>
void put_text(Text<kSize>& to, const char* from) {
  std::memset(to.bytes, 0, kSize);
  std::strncpy(to.bytes, from, kSize - 1);
}

}  // namespace wire

inline wire::Fix32 to_fix32(double value) {
  const auto scaled = static_cast<std::int64_t>(value * 65536.0 + (value < 0 ? -0.5 : 0.5));
  return {static_cast<std::int16_t>(scaled >> 16), static_cast<std::uint16_t>(scaled & 0xffff)};
}
inline double from_fix32(wire::Fix32 value) { return value.whole + value.fraction / 65536.0; }

}  // namespace chartscan::scan::twain
