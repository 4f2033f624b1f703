// One side of one sheet and everything that was read from it. The original image is never rewritten: results are
// added beside it, and each names the stage that made it. Plain values; copy freely, share between threads as const.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/date.h"
#include "core/finding.h"
#include "core/geometry.h"
#include "core/ids.h"

namespace chartscan {

// SHA-256 of untouched bytes as 64 lower-case hex digits; names the bytes in the blob store.
using Hash = std::string;

enum class MediaType { Unknown, Tiff, Pdf, Png, Jpeg };

// Where the untouched original of a side is: the whole delivered file is one blob; a side is one image inside it.
struct Original {
  Hash blob;
  MediaType media = MediaType::Unknown;
  int index = 0;      // 0-based page inside the blob
  std::string file;   // as given to ingest, for people and for the export
};

// How a scanner delivered this side. Sides of files have none. Sheets count from 1 in their batch, sides are 0 (front) and 1;
// the attempt rises each time the same sheet is fed again.
struct Capture {
  int sheet = 0;
  int side = 0;
  int attempt = 1;
  bool last_of_sheet = true;
  int dpi = 0;
  std::string mode;
};

// What a person decided about a page. Outlives every recomputation; each change is a line in the batch's journal.
struct PageDecisions {
  std::optional<int> rotation;          // the clockwise turn that makes it upright: 0, 90, 180, 270
  std::optional<bool> blank;            // true: set aside, false: it stays with its document
  std::optional<bool> starts_document;  // true: a document begins here, false: it goes on with the page before it
  bool withdrawn = false;               // an insertion that was undone or never finished: kept, in no document
  bool operator==(const PageDecisions&) const = default;
};

// received: original durable, not yet read. processed: read and searchable, batch not yet closed.
// The rest are set when the batch closes or by a person and are the terms of the ledger.
enum class PageState { Received, Processed, Filed, Review, Separator, BlankAside, Superseded, Rejected };

// In order of strength: of several codes on a sheet the last one here counts.
enum class SeparatorKind { None, Document, Patient, Batch };

// One word. `box` is in pixels of the working image (upright and straight); Geometry::to_delivered() maps it back.
struct Word {
  std::string text;       // UTF-8, never empty
  Box box;
  double confidence = 0;  // 0..1
  int line = 0;           // words with equal numbers stand on one line; rises in reading order
};

struct PageText {
  std::vector<Word> words;  // in reading order
  std::string text() const;  // words parted by blanks, lines by '\n'
};

struct Barcode {
  std::string payload;  // UTF-8
  std::string format;   // "Code128", "QRCode", "PatchT", ...
  Box box;              // working image pixels
};

enum class FieldKind {
  Mrn, Account, PatientName, BirthDate, Sex, SsnLast4, Phone, Address, ServiceDate, AdmitDate, DischargeDate, SignatureDate, Author,
  Facility, PageNumber, Title
};

// One value read from the page, with its place on the image, so that a claim can be shown. Values are normalised:
// PatientName "FAMILY, GIVEN MIDDLE" upper case; dates YYYY-MM-DD; Sex M/F/U; PageNumber "2/3" or "2/"; Mrn upper case, no blanks;
// Address "12 OAK ST APT 4, SALEM, OR, 97301" upper case, what is missing left out.
struct Field {
  FieldKind kind = FieldKind::Mrn;
  std::string value;
  Box box;                // working image pixels
  double confidence = 0;  // 0..1
  std::string source;     // "label", "barcode", "header", "text": how it was found
};

// What a form asks for by mark, pen or stamp. ElectronicSignature is said in print ("Electronically signed by", "/s/ name") and is
// never ink. Handwriting is a region that a pen wrote, whatever it says; Date is one that stands beside a place to sign.
enum class CueKind { CheckBox, Signature, ElectronicSignature, Date, Stamp, Handwriting };

// Absent: the box is empty, nobody signed, no date was set. Unsure is an answer: somebody should look.
enum class CueState { Absent, Present, Unsure };

enum class WrittenBy { Unknown, Print, Pen };

// One place on the page's form and how it was answered.
struct FormCue {
  CueKind kind = CueKind::CheckBox;
  CueState state = CueState::Absent;
  Box box;                // working image pixels: of the box or place, with the ink that belongs to it
  double confidence = 0;  // 0..1, of the state
  std::string label;      // the printed words it belongs to; may name a person, like any text of the page
  std::string value;      // a date as YYYY-MM-DD where it was read surely
  WrittenBy written = WrittenBy::Unknown;
  bool operator==(const FormCue&) const = default;
};

struct TypeGuess {
  std::string type;       // code of charts/types, or "unknown"
  double confidence = 0;  // 0..1
};

// One thing on the page that spoke for or against its type, strongest first; `weight` in nats, negative against.
struct TypeReason {
  std::string says;  // "title: discharge summary", "hospital course", "words per page": for a person; words of forms, never of patients
  double weight = 0;
  Box box;           // working image pixels; empty where it is about the whole page
};

// Does a document begin with this page, by what the pages say; separator sheets are left out of it.
struct StartGuess {
  double probability = 0;  // 0..1
  std::string because;     // "page 1 of 2; another patient": what weighed most, for a person
};

// What made a derived value: enough to make it again.
struct StageStamp {
  std::string name;
  int version = 0;
  std::string settings;  // short hash of the settings in force
};

struct PageQuality {
  double ink = 0;              // share of dark pixels on the cleaned page, 0..1
  double contrast = 0;         // paper level minus ink level, 0..1
  double noise = 0;            // standard deviation of the noise in grey levels
  double skew_confidence = 0;  // see imaging/skew.h
  double text_confidence = 0;  // mean word confidence, 0..1
  int words = 0;
  double paper = 0;            // level of the bare paper, 0 black to 1 white
  double ink_level = 0;        // the same of the print
  double sharpness = 0;        // how steep the edges of the print are: about 1 in focus, under 0.3 blurred; 0 = not measured
  double streak = 0;           // how much of the way down the image a line of dirty glass runs, 0..1; 0 = none
  double streak_at = 0;        // where, as a share of the delivered image's width
  double cut_off = 0;          // inches of the image's edge that print runs into
};

struct Page {
  PageId id;
  BatchId batch;
  int sequence = 0;  // place of the side within its batch, from 1; ids rise with it at intake, a person may change it later
  Original original;
  std::optional<Capture> capture;
  PageDecisions decisions;
  std::optional<PageId> superseded_by;  // the side that took its place: the sheet was fed again, rescanned or replaced
  PageState state = PageState::Received;
  std::string rejected_because;  // the message of a page that could not be read

  Geometry geometry;
  PageQuality quality;
  bool blank = false;
  SeparatorKind separator = SeparatorKind::None;
  std::vector<Barcode> barcodes;
  std::vector<TypeGuess> types;  // best first; front() is the page's own type
  std::vector<TypeReason> type_reasons;  // why types.front()
  double first_page_cue = 0;     // 0..1: looks like the first page of a document
  std::optional<StartGuess> start;       // set when the batch closes
  std::vector<Field> fields;
  std::vector<FormCue> cues;     // from above
  bool signature_line = false;   // a place to sign was found: there is a cue of kind Signature
  bool signature = false;        // one of them is present: ink
  std::uint64_t fingerprint = 0;  // perceptual hash of the upright image, for sheets fed twice
  std::vector<Finding> findings;
  std::vector<StageStamp> stamps;

  std::optional<DocumentId> document;
  std::optional<PageId> duplicate_of;
};

// Taken out of its batch's documents for good: replaced by another side, or withdrawn. Kept and shown all the same.
bool is_out(const Page& page);

// The page as intake made it, with what people decided since: before it is read, or read anew.
Page as_delivered(const Page& page);

const Field* first_field(const Page& page, FieldKind kind);  // most confident of its kind, or null

const char* to_string(PageState state);
const char* to_string(SeparatorKind kind);
const char* to_string(MediaType media);
const char* to_string(FieldKind kind);
const char* to_string(CueKind kind);
const char* to_string(CueState state);
const char* to_string(WrittenBy written);
std::optional<PageState> parse_page_state(std::string_view text);
std::optional<SeparatorKind> parse_separator_kind(std::string_view text);
std::optional<MediaType> parse_media_type(std::string_view text);
std::optional<FieldKind> parse_field_kind(std::string_view text);
std::optional<CueKind> parse_cue_kind(std::string_view text);
std::optional<CueState> parse_cue_state(std::string_view text);
std::optional<WrittenBy> parse_written_by(std::string_view text);

}  // namespace chartscan
