// Something a person should know about a page or document. Data, not an error: it opens work and is closed with a trace.
#pragma once

#include <string>
#include <vector>

namespace chartscan {

// Codes are part of the export: add freely, never rename. The full list with meanings stands in docs/findings.md.
namespace finding {
inline constexpr const char* kUndecodable = "undecodable";                // the image cannot be read
inline constexpr const char* kDecoderWarning = "decoder-warning";         // read, but the decoder complained: maybe damaged
inline constexpr const char* kOrientationUnsure = "orientation-unsure";
inline constexpr const char* kSkewUnsure = "skew-unsure";
inline constexpr const char* kSkewed = "skewed";                          // straightened by more than a few degrees
inline constexpr const char* kTooLight = "too-light";
inline constexpr const char* kTooDark = "too-dark";
inline constexpr const char* kNoisy = "noisy";
inline constexpr const char* kLowResolution = "low-resolution";
inline constexpr const char* kLowContrast = "low-contrast";
inline constexpr const char* kBlurred = "blurred";                        // out of focus, or moved
inline constexpr const char* kCutOff = "cut-off";                         // print runs into the image's edge
inline constexpr const char* kStreak = "streak";                          // a line down the whole image: dirty glass, a dead sensor
inline constexpr const char* kStreakDrift = "streak-drift";               // of a batch: the same streak on sheet after sheet
inline constexpr const char* kLightDrift = "light-drift";                 // of a batch: ever lighter or darker
inline constexpr const char* kSkewDrift = "skew-drift";                   // of a batch: ever more tilted
inline constexpr const char* kLowTextConfidence = "low-text-confidence";
inline constexpr const char* kNoText = "no-text";                         // not blank, yet nothing readable
inline constexpr const char* kTypeUnsure = "type-unsure";
inline constexpr const char* kPatientUnknown = "patient-unknown";         // identifiers found, no such patient
inline constexpr const char* kPatientNotFound = "patient-not-found";      // no identifiers on the document
inline constexpr const char* kPatientNearTie = "patient-near-tie";        // two candidates too close to choose
inline constexpr const char* kPatientOneIdentifier = "patient-one-identifier";
inline constexpr const char* kPatientContradiction = "patient-contradiction";
inline constexpr const char* kForeignPage = "foreign-page";               // a page names another patient than its document
inline constexpr const char* kHeld = "held";                               // a person put its document aside, for the reason given
inline constexpr const char* kUnidentifiedPage = "unidentified-page";     // does not say whose it is, and nothing ties it to its document
inline constexpr const char* kLinkingSwitchedOff = "linking-switched-off";  // would have been linked; the error budget is spent
inline constexpr const char* kUnsigned = "unsigned";                      // signature line without ink
inline constexpr const char* kSignatureUnsure = "signature-unsure";       // marks on a place to sign that may be no signature
inline constexpr const char* kDuplicateFeed = "duplicate-feed";           // same sheet fed twice
inline constexpr const char* kDuplicateDocument = "duplicate-document";   // the same paper was scanned and filed before
inline constexpr const char* kSeparatorMissed = "separator-missed";       // pages say a document begins where no sheet lay
inline constexpr const char* kBoundaryUnsure = "boundary-unsure";         // the pages do not say clearly where a document begins
inline constexpr const char* kCountMismatch = "count-mismatch";           // expected and counted pages or sheets differ
inline constexpr const char* kScannerNote = "scanner-note";               // what the driver saw about this side
inline constexpr const char* kReplacedAfterDecision = "replaced-after-decision";  // a page changed under a person's decision
inline constexpr const char* kOcrTimeout = "ocr-timeout";
inline constexpr const char* kOcrFailed = "ocr-failed";
inline constexpr const char* kReadInstead = "read-instead";                // by another engine than the wanted one
inline constexpr const char* kPageTooHeavy = "page-too-heavy";            // a step took more than a page may take, and was left out
inline constexpr const char* kReaderCrashed = "reader-crashed";           // a step ended its process on this page, and was left out
}  // namespace finding

struct Finding {
  std::string code;    // one of finding::k...
  std::string detail;  // for a person; never patient words
  double score = 0;    // strength of the measurement behind it, 0..1, where there is one
  bool operator==(const Finding&) const = default;
};

bool has_finding(const std::vector<Finding>& findings, const std::string& code);

}  // namespace chartscan
