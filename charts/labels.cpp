#include "charts/labels.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "charts/fuzzy.h"
#include "charts/names.h"
#include "charts/phrases.h"

namespace chartscan::charts {
namespace {

using K = LabelKind;

enum class Mark { Needed, Optional };  // a common word is a label only with a mark, or alone in its cell
struct Spec {
  const char* phrase;
  K kind;
  double confidence;
  Mark mark = Mark::Optional;
  bool patient = false;  // names the patient, whatever block it stands in
};

// Wordings seen on stickers, letterheads, forms and printouts. Dates of service rank by how directly they say it.
constexpr std::array kSpecs{
    Spec{"mrn", K::Mrn, 0.97}, Spec{"mr", K::Mrn, 0.9, Mark::Needed}, Spec{"mr no", K::Mrn, 0.95}, Spec{"mr number", K::Mrn, 0.95},
    Spec{"mrno", K::Mrn, 0.95}, Spec{"m r n", K::Mrn, 0.95}, Spec{"m r no", K::Mrn, 0.95}, Spec{"m r", K::Mrn, 0.9, Mark::Needed},
    Spec{"mrn no", K::Mrn, 0.97}, Spec{"mrn number", K::Mrn, 0.97},
    Spec{"med rec", K::Mrn, 0.95}, Spec{"med rec no", K::Mrn, 0.95}, Spec{"med rec num", K::Mrn, 0.95}, Spec{"med rec number", K::Mrn, 0.95},
    Spec{"med record", K::Mrn, 0.95, Mark::Needed}, Spec{"med record no", K::Mrn, 0.95},
    Spec{"medical record", K::Mrn, 0.93, Mark::Needed}, Spec{"medical record no", K::Mrn, 0.97}, Spec{"medical record num", K::Mrn, 0.97},
    Spec{"medical record number", K::Mrn, 0.97}, Spec{"medical record id", K::Mrn, 0.95}, Spec{"medical rec no", K::Mrn, 0.95},
    Spec{"record no", K::Mrn, 0.85, Mark::Needed}, Spec{"rec no", K::Mrn, 0.85}, Spec{"rec num", K::Mrn, 0.85}, Spec{"record number", K::Mrn, 0.85, Mark::Needed},
    Spec{"patient id", K::Mrn, 0.9}, Spec{"patient no", K::Mrn, 0.85}, Spec{"patient number", K::Mrn, 0.85},
    Spec{"patient identifier", K::Mrn, 0.9}, Spec{"patient id no", K::Mrn, 0.9}, Spec{"patient mrn", K::Mrn, 0.97},
    Spec{"pt id", K::Mrn, 0.9}, Spec{"pt no", K::Mrn, 0.85}, Spec{"pat id", K::Mrn, 0.9}, Spec{"pid", K::Mrn, 0.85, Mark::Needed},
    Spec{"id no", K::Mrn, 0.6, Mark::Needed}, Spec{"chart", K::Mrn, 0.88, Mark::Needed}, Spec{"chart no", K::Mrn, 0.9},
    Spec{"chart number", K::Mrn, 0.9}, Spec{"chart id", K::Mrn, 0.9}, Spec{"unit no", K::Mrn, 0.9}, Spec{"unit number", K::Mrn, 0.9},
    Spec{"unit record no", K::Mrn, 0.9}, Spec{"hosp no", K::Mrn, 0.9}, Spec{"hospital no", K::Mrn, 0.9}, Spec{"hospital number", K::Mrn, 0.9},
    Spec{"hospital id", K::Mrn, 0.85}, Spec{"history no", K::Mrn, 0.85}, Spec{"hx no", K::Mrn, 0.8}, Spec{"health record no", K::Mrn, 0.9},
    Spec{"health record number", K::Mrn, 0.9},

    Spec{"account", K::Account, 0.85, Mark::Needed}, Spec{"account no", K::Account, 0.95}, Spec{"account number", K::Account, 0.95},
    Spec{"acct", K::Account, 0.9, Mark::Needed}, Spec{"acct no", K::Account, 0.95}, Spec{"acct number", K::Account, 0.95},
    Spec{"patient account", K::Account, 0.9}, Spec{"patient account no", K::Account, 0.95}, Spec{"visit no", K::Account, 0.95},
    Spec{"visit id", K::Account, 0.95}, Spec{"visit number", K::Account, 0.95}, Spec{"encounter", K::Account, 0.85, Mark::Needed},
    Spec{"encounter no", K::Account, 0.95}, Spec{"encounter number", K::Account, 0.95}, Spec{"encounter id", K::Account, 0.95},
    Spec{"fin", K::Account, 0.9, Mark::Needed}, Spec{"fin no", K::Account, 0.95}, Spec{"csn", K::Account, 0.9, Mark::Needed},
    Spec{"har", K::Account, 0.8, Mark::Needed}, Spec{"billing no", K::Account, 0.85},

    Spec{"patient", K::Name, 0.9, Mark::Needed, true}, Spec{"patient name", K::Name, 0.97, Mark::Optional, true},
    Spec{"patients name", K::Name, 0.97, Mark::Optional, true}, Spec{"name of patient", K::Name, 0.97, Mark::Optional, true},
    Spec{"name", K::Name, 0.9, Mark::Needed}, Spec{"full name", K::Name, 0.9, Mark::Needed}, Spec{"legal name", K::Name, 0.9, Mark::Needed},
    Spec{"pt", K::Name, 0.85, Mark::Needed, true}, Spec{"pt name", K::Name, 0.95, Mark::Optional, true}, Spec{"re", K::Name, 0.8, Mark::Needed},
    Spec{"regarding", K::Name, 0.75, Mark::Needed}, Spec{"pat name", K::Name, 0.95, Mark::Optional, true},
    Spec{"resident", K::Name, 0.8, Mark::Needed, true}, Spec{"client", K::Name, 0.75, Mark::Needed, true},
    Spec{"resident name", K::Name, 0.9, Mark::Optional, true}, Spec{"client name", K::Name, 0.85, Mark::Optional, true},
    Spec{"last name", K::FamilyName, 0.93}, Spec{"patient last name", K::FamilyName, 0.95, Mark::Optional, true},
    Spec{"family name", K::FamilyName, 0.93}, Spec{"surname", K::FamilyName, 0.93},
    Spec{"first name", K::GivenName, 0.93}, Spec{"patient first name", K::GivenName, 0.95, Mark::Optional, true},
    Spec{"given name", K::GivenName, 0.93}, Spec{"middle name", K::MiddleName, 0.93}, Spec{"middle initial", K::MiddleName, 0.93},
    Spec{"mi", K::MiddleName, 0.85, Mark::Needed},

    Spec{"dob", K::Birth, 0.97}, Spec{"d o b", K::Birth, 0.97}, Spec{"date of birth", K::Birth, 0.97}, Spec{"birth date", K::Birth, 0.97},
    Spec{"birthdate", K::Birth, 0.97}, Spec{"date birth", K::Birth, 0.9}, Spec{"patient dob", K::Birth, 0.97, Mark::Optional, true},
    Spec{"patient date of birth", K::Birth, 0.97, Mark::Optional, true}, Spec{"born", K::Birth, 0.85}, Spec{"born on", K::Birth, 0.9},
    Spec{"birth", K::Birth, 0.8, Mark::Needed}, Spec{"bd", K::Birth, 0.8, Mark::Needed}, Spec{"birthday", K::Birth, 0.85, Mark::Needed},
    Spec{"sex", K::Sex, 0.95, Mark::Needed}, Spec{"gender", K::Sex, 0.95, Mark::Needed}, Spec{"legal sex", K::Sex, 0.95},
    Spec{"patient sex", K::Sex, 0.95, Mark::Optional, true},
    Spec{"ssn", K::Ssn, 0.95}, Spec{"ss", K::Ssn, 0.85, Mark::Needed}, Spec{"soc sec no", K::Ssn, 0.95}, Spec{"social security", K::Ssn, 0.9, Mark::Needed},
    Spec{"social security no", K::Ssn, 0.95}, Spec{"social security number", K::Ssn, 0.95}, Spec{"ssn last 4", K::Ssn, 0.95},
    Spec{"last 4 of ssn", K::Ssn, 0.95}, Spec{"last 4 ssn", K::Ssn, 0.95},
    Spec{"phone", K::Phone, 0.8, Mark::Needed}, Spec{"home phone", K::Phone, 0.9}, Spec{"cell phone", K::Phone, 0.85}, Spec{"mobile", K::Phone, 0.8, Mark::Needed},
    Spec{"telephone", K::Phone, 0.8, Mark::Needed}, Spec{"patient phone", K::Phone, 0.95, Mark::Optional, true}, Spec{"phone no", K::Phone, 0.8}, Spec{"phone number", K::Phone, 0.8},
    Spec{"tel", K::Phone, 0.6, Mark::Needed},

    Spec{"date of service", K::Service, 0.97}, Spec{"dos", K::Service, 0.97, Mark::Needed}, Spec{"service date", K::Service, 0.97},
    Spec{"date of procedure", K::Service, 0.95}, Spec{"procedure date", K::Service, 0.95}, Spec{"date of operation", K::Service, 0.95},
    Spec{"operation date", K::Service, 0.95}, Spec{"date of surgery", K::Service, 0.95}, Spec{"surgery date", K::Service, 0.95},
    Spec{"date of exam", K::Service, 0.95}, Spec{"date of examination", K::Service, 0.95}, Spec{"exam date", K::Service, 0.95},
    Spec{"examination date", K::Service, 0.95}, Spec{"date of study", K::Service, 0.95}, Spec{"study date", K::Service, 0.95},
    Spec{"date of visit", K::Service, 0.95}, Spec{"visit date", K::Service, 0.95}, Spec{"encounter date", K::Service, 0.94},
    Spec{"date of encounter", K::Service, 0.94}, Spec{"date of consultation", K::Service, 0.95}, Spec{"consultation date", K::Service, 0.95},
    Spec{"consult date", K::Service, 0.95}, Spec{"date of consult", K::Service, 0.95}, Spec{"date seen", K::Service, 0.92},
    Spec{"collected", K::Service, 0.92, Mark::Needed}, Spec{"date collected", K::Service, 0.93}, Spec{"collection date", K::Service, 0.93}, Spec{"collected on", K::Service, 0.92},
    Spec{"specimen collected", K::Service, 0.92}, Spec{"date of collection", K::Service, 0.93}, Spec{"collection", K::Service, 0.85, Mark::Needed},
    Spec{"date time collected", K::Service, 0.92}, Spec{"collection date time", K::Service, 0.93},
    Spec{"recorded", K::Service, 0.8, Mark::Needed}, Spec{"date recorded", K::Service, 0.88}, Spec{"acquired", K::Service, 0.85, Mark::Needed},
    Spec{"date performed", K::Service, 0.92}, Spec{"performed", K::Service, 0.85, Mark::Needed},
    Spec{"order date", K::Service, 0.85}, Spec{"date ordered", K::Service, 0.85}, Spec{"referral date", K::Service, 0.9}, Spec{"date of referral", K::Service, 0.9},
    Spec{"discharge date", K::Discharge, 0.84}, Spec{"date of discharge", K::Discharge, 0.84}, Spec{"discharged", K::Discharge, 0.8, Mark::Needed},
    Spec{"date discharged", K::Discharge, 0.84}, Spec{"date", K::Service, 0.78, Mark::Needed}, Spec{"date time", K::Service, 0.78, Mark::Needed},
    Spec{"todays date", K::Service, 0.8}, Spec{"note date", K::Service, 0.9}, Spec{"date of note", K::Service, 0.9},
    Spec{"admission date", K::Admit, 0.72}, Spec{"admit date", K::Admit, 0.72}, Spec{"date of admission", K::Admit, 0.72},
    Spec{"date admitted", K::Admit, 0.72}, Spec{"admitted", K::Admit, 0.68, Mark::Needed}, Spec{"adm date", K::Admit, 0.7}, Spec{"adm", K::Admit, 0.65, Mark::Needed},
    Spec{"admit", K::Admit, 0.65, Mark::Needed}, Spec{"report date", K::Service, 0.66}, Spec{"date of report", K::Service, 0.66},
    Spec{"reported", K::Service, 0.6, Mark::Needed}, Spec{"date reported", K::Service, 0.62}, Spec{"received", K::Service, 0.55, Mark::Needed},
    Spec{"date received", K::Service, 0.55}, Spec{"dictated", K::Service, 0.5, Mark::Needed}, Spec{"date dictated", K::Service, 0.5},
    Spec{"date of dictation", K::Service, 0.5},
    Spec{"signature date", K::SignatureDate, 0.9}, Spec{"date signed", K::SignatureDate, 0.9}, Spec{"signed on", K::SignatureDate, 0.9},
    Spec{"signed", K::SignatureDate, 0.85, Mark::Needed}, Spec{"date of signature", K::SignatureDate, 0.9}, Spec{"date time signed", K::SignatureDate, 0.9},

    Spec{"dictated by", K::Author, 0.93}, Spec{"signed by", K::Author, 0.93}, Spec{"electronically signed by", K::Author, 0.95},
    Spec{"electronically signed", K::Author, 0.9, Mark::Needed}, Spec{"electronically authenticated by", K::Author, 0.95}, Spec{"e signed by", K::Author, 0.95},
    Spec{"authenticated by", K::Author, 0.93}, Spec{"verified by", K::Author, 0.85}, Spec{"author", K::Author, 0.95, Mark::Needed},
    Spec{"authored by", K::Author, 0.95}, Spec{"written by", K::Author, 0.9}, Spec{"interpreted by", K::Author, 0.93}, Spec{"read by", K::Author, 0.9},
    Spec{"confirmed by", K::Author, 0.85}, Spec{"reported by", K::Author, 0.85}, Spec{"prepared by", K::Author, 0.85},
    Spec{"surgeon", K::Author, 0.9, Mark::Needed}, Spec{"radiologist", K::Author, 0.92, Mark::Needed}, Spec{"pathologist", K::Author, 0.92, Mark::Needed},
    Spec{"consultant", K::Author, 0.88, Mark::Needed}, Spec{"consulting physician", K::Author, 0.9}, Spec{"attending", K::Author, 0.8, Mark::Needed},
    Spec{"attending physician", K::Author, 0.82}, Spec{"attending provider", K::Author, 0.82}, Spec{"provider", K::Author, 0.78, Mark::Needed},
    Spec{"physician", K::Author, 0.75, Mark::Needed}, Spec{"physician name", K::Author, 0.78}, Spec{"provider name", K::Author, 0.78}, Spec{"prescriber", K::Author, 0.75, Mark::Needed},
    Spec{"doctor", K::Author, 0.7, Mark::Needed}, Spec{"clinician", K::Author, 0.75, Mark::Needed},
    Spec{"facility", K::Facility, 0.9, Mark::Needed}, Spec{"facility name", K::Facility, 0.93}, Spec{"hospital", K::Facility, 0.8, Mark::Needed},
    Spec{"hospital name", K::Facility, 0.9}, Spec{"clinic name", K::Facility, 0.9},

    Spec{"referring physician", K::Other, 1}, Spec{"referring provider", K::Other, 1}, Spec{"referred by", K::Other, 1}, Spec{"referring doctor", K::Other, 1},
    Spec{"referring", K::Other, 1, Mark::Needed}, Spec{"referred to", K::Other, 1}, Spec{"refer to", K::Other, 1, Mark::Needed}, Spec{"requesting physician", K::Other, 1}, Spec{"requested by", K::Other, 1},
    Spec{"ordering physician", K::Other, 1}, Spec{"ordering provider", K::Other, 1}, Spec{"ordered by", K::Other, 1}, Spec{"primary care physician", K::Other, 1},
    Spec{"primary care provider", K::Other, 1}, Spec{"family physician", K::Other, 1}, Spec{"pcp", K::Other, 1, Mark::Needed}, Spec{"cc", K::Other, 1, Mark::Needed},
    Spec{"assistant", K::Other, 1, Mark::Needed}, Spec{"anesthesiologist", K::Other, 1, Mark::Needed}, Spec{"transcribed by", K::Other, 1}, Spec{"to", K::Other, 1, Mark::Needed},
    Spec{"from", K::Other, 1, Mark::Needed}, Spec{"attn", K::Other, 1, Mark::Needed}, Spec{"witness", K::Other, 1, Mark::Needed}, Spec{"witness name", K::Other, 1},
    Spec{"mother", K::Other, 1, Mark::Needed}, Spec{"father", K::Other, 1, Mark::Needed}, Spec{"spouse", K::Other, 1, Mark::Needed},
    Spec{"guardian", K::Other, 1, Mark::Needed}, Spec{"guarantor", K::Other, 1, Mark::Needed}, Spec{"subscriber", K::Other, 1, Mark::Needed},
    Spec{"insured", K::Other, 1, Mark::Needed}, Spec{"policy holder", K::Other, 1, Mark::Needed}, Spec{"policyholder", K::Other, 1, Mark::Needed},
    Spec{"emergency contact", K::Other, 1, Mark::Needed}, Spec{"next of kin", K::Other, 1, Mark::Needed}, Spec{"responsible party", K::Other, 1, Mark::Needed},
    Spec{"contact", K::Other, 1, Mark::Needed}, Spec{"agent", K::Other, 1, Mark::Needed}, Spec{"agent name", K::Other, 1}, Spec{"member name", K::Other, 1}, Spec{"member", K::Other, 1, Mark::Needed}, Spec{"member id", K::Other, 1},
    Spec{"member no", K::Other, 1}, Spec{"subscriber id", K::Other, 1}, Spec{"group no", K::Other, 1}, Spec{"group number", K::Other, 1}, Spec{"policy no", K::Other, 1},
    Spec{"policy number", K::Other, 1}, Spec{"accession no", K::Other, 1}, Spec{"accession number", K::Other, 1}, Spec{"accession", K::Other, 1, Mark::Needed},
    Spec{"specimen no", K::Other, 1}, Spec{"specimen id", K::Other, 1}, Spec{"order no", K::Other, 1}, Spec{"order number", K::Other, 1}, Spec{"case no", K::Other, 1},
    Spec{"npi", K::Other, 1, Mark::Needed}, Spec{"dea", K::Other, 1, Mark::Needed}, Spec{"license no", K::Other, 1}, Spec{"lot no", K::Other, 1}, Spec{"form no", K::Other, 1},
    Spec{"age", K::Other, 1, Mark::Needed}, Spec{"race", K::Other, 1, Mark::Needed}, Spec{"address", K::Address, 0.85, Mark::Needed}, Spec{"home address", K::Address, 0.9}, Spec{"street address", K::Address, 0.85},
    Spec{"patient address", K::Address, 0.95, Mark::Optional, true}, Spec{"mailing address", K::Address, 0.85}, Spec{"room", K::Other, 1, Mark::Needed},
    Spec{"bed", K::Other, 1, Mark::Needed}, Spec{"location", K::Other, 1, Mark::Needed}, Spec{"fax", K::Other, 1, Mark::Needed}, Spec{"fax no", K::Other, 1}, Spec{"fax number", K::Other, 1},
    Spec{"work phone", K::Other, 1}, Spec{"office phone", K::Other, 1}, Spec{"subject", K::Other, 1, Mark::Needed}, Spec{"relationship", K::Other, 1, Mark::Needed},
    Spec{"relationship to patient", K::Other, 1}, Spec{"transcribed", K::Other, 1, Mark::Needed}, Spec{"date transcribed", K::Other, 1}, Spec{"printed", K::Other, 1, Mark::Needed}, Spec{"print date", K::Other, 1}, Spec{"date printed", K::Other, 1},
    Spec{"run date", K::Other, 1}, Spec{"expiration date", K::Other, 1}, Spec{"exp date", K::Other, 1}, Spec{"expires", K::Other, 1}, Spec{"effective date", K::Other, 1}, Spec{"effective", K::Other, 1, Mark::Needed},
    Spec{"valid from", K::Other, 1}, Spec{"valid until", K::Other, 1}, Spec{"valid thru", K::Other, 1}, Spec{"coverage date", K::Other, 1}, Spec{"next appointment", K::Other, 1},
    Spec{"start date", K::Other, 1}, Spec{"stop date", K::Other, 1}, Spec{"end date", K::Other, 1}, Spec{"date of injury", K::Other, 1}, Spec{"date of death", K::Other, 1}, Spec{"due date", K::Other, 1}, Spec{"revised", K::Other, 1, Mark::Needed},
    Spec{"form date", K::Other, 1}, Spec{"date given", K::Other, 1}, Spec{"vis date", K::Other, 1}, Spec{"diagnosis", K::Other, 1, Mark::Needed}, Spec{"drug name", K::Other, 1}, Spec{"medication name", K::Other, 1}, Spec{"test name", K::Other, 1},
    Spec{"plan name", K::Other, 1}, Spec{"user name", K::Other, 1}, Spec{"file name", K::Other, 1}, Spec{"print name", K::Other, 1}, Spec{"printed name", K::Other, 1},
};

constexpr std::array<std::string_view, 22> kRelatives{
    "mother", "mothers", "father", "fathers", "parent", "parents", "guardian", "guardians", "guarantor", "guarantors", "subscriber",
    "subscribers", "insured", "insureds", "policyholder", "holder", "spouse", "kin", "relative", "party", "contact", "emergency"};
constexpr std::array<std::string_view, 36> kOtherPeople{
    "physician", "physicians", "provider", "doctor", "dr", "surgeon", "nurse", "witness", "pharmacy", "facility", "hospital",
    "clinic", "plan", "company", "insurance", "carrier", "payer", "employer", "school", "interpreter", "agent", "proxy", "attorney",
    "notary", "donor", "member", "members", "wife", "husband", "son", "daughter", "brother", "sister", "baby", "newborn", "infant"};
constexpr std::array<std::string_view, 8> kBlockWords{"information", "info", "details", "section", "data", "primary", "secondary", "insurance"};
constexpr std::array<std::string_view, 5> kPatientWords{"patient", "patients", "demographics", "pt", "resident"};

template <std::size_t N>
bool among(const std::array<std::string_view, N>& list, const Token& token) {
  return std::any_of(list.begin(), list.end(), [&](std::string_view word) { return fold(word) == token.folded; });
}

// The same with a letter or two misread in a long word.
template <std::size_t N>
bool resembles_any(const std::array<std::string_view, N>& list, const Token& token) {
  return std::any_of(list.begin(), list.end(), [&](std::string_view word) {
    const int allowed = word.size() >= 8 ? 2 : word.size() >= 6 ? 1 : 0;
    const std::string known = fold(word);
    return known == token.folded || (allowed > 0 && token.folded.size() + 1 >= known.size() && edit_distance(known, token.folded) <= allowed);
  });
}

const PhraseBook& book() {
  static const PhraseBook made = [] {
    PhraseBook book;
    for (std::size_t i = 0; i < kSpecs.size(); ++i) book.add(kSpecs[i].phrase, static_cast<int>(i));
    return book;
  }();
  return made;
}

const Token& token(const Layout& layout, int i) { return layout.tokens[static_cast<std::size_t>(i)]; }
const Cell& cell_of(const Layout& layout, int i) { return layout.cells[static_cast<std::size_t>(token(layout, i).cell)]; }

bool has_mark(const Token& last) { return last.after.find_first_of(":#=") != std::string::npos; }

// "ACCT 4410982", "Sex F", "Name Ann M. Doe" in a cell of its own: where no mark follows, the value shows that the word is a label.
bool value_follows(const Layout& layout, LabelKind kind, int at) {
  if (at >= static_cast<int>(layout.tokens.size()) || at == 0 || token(layout, at).row != token(layout, at - 1).row) return false;
  const std::string& text = token(layout, at).text;
  const auto digits = std::count_if(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); });
  if (kind == K::Name) {
    const Cell& cell = cell_of(layout, at);
    int tokens = 0;
    return at == cell.first + 1 && person_at(layout, at, cell.last, tokens) && at + tokens == cell.last;
  }
  if (kind == K::Account) return digits >= 5 && static_cast<std::size_t>(digits) == text.size();
  return kind == K::Sex && (text == "M" || text == "F" || text == "Male" || text == "Female" || text == "MALE" || text == "FEMALE");
}

// "Guarantor's Name", "Mother DOB": the word before the label, back to the mark that ends another label.
enum class Owner { Patient, Relative, Somebody };
Owner owner_of(const Layout& layout, const Label& label) {
  const auto owner = [](const Token& word) {
    if (among(kPatientWords, word)) return Owner::Patient;
    return resembles_any(kRelatives, word) ? Owner::Relative : resembles_any(kOtherPeople, word) ? Owner::Somebody : Owner::Patient;
  };
  const Cell& cell = cell_of(layout, label.first);
  for (int i = label.first - 1; i >= cell.first && i >= label.first - 3; --i) {
    const Token& before = token(layout, i);
    if (before.after.find_first_of(":;.,|)") != std::string::npos) break;
    if (owner(before) != Owner::Patient) return owner(before);
    if (has_digit(before.text)) break;
  }
  // "Name of guarantor:", "Name (guarantor):"
  for (int i = label.last; i < cell.last && i < label.last + 3 && !label.marked; ++i)
    if (owner(token(layout, i)) != Owner::Patient) return owner(token(layout, i));
  return Owner::Patient;
}

bool is_personal(LabelKind kind) {
  switch (kind) {
    case K::Mrn: case K::Account: case K::Name: case K::FamilyName: case K::GivenName: case K::MiddleName: case K::Birth: case K::Sex: case K::Ssn: case K::Phone:
    case K::Address:
      return true;
    default: return false;
  }
}

// A block of a form that speaks of another person, in the columns [x0, x1). One under a single label holds no visit's number: that is
// the patient's, whoever is named above it.
struct Block {
  int from_row = 0, to_row = 0, x0 = 0, x1 = 0;
  bool of_label = false;
};

enum class Heading { None, Patient, Relative };
Heading heading_of(const Layout& layout, const Cell& cell) {
  bool patient = false, relative = false;
  if (cell.last - cell.first > 5 || cell.last == cell.first) return Heading::None;
  for (int i = cell.first; i < cell.last; ++i) {
    const Token& word = token(layout, i);
    if (among(kPatientWords, word)) patient = true;
    else if (among(kRelatives, word) || word.folded == fold("subscriber")) relative = true;
    else if (!among(kBlockWords, word) && word.folded != fold("of") && word.folded != fold("next") && word.folded != fold("policy") && word.folded != fold("responsible")) return Heading::None;
  }
  return relative ? Heading::Relative : patient ? Heading::Patient : Heading::None;
}

std::vector<Block> blocks_of_others(const Layout& layout, const std::vector<Label>& labels) {
  std::vector<Block> blocks;
  const auto right_of = [&](const Cell& cell) {
    int x = layout.content.x1 + 1;
    for (const Cell& other : layout.cells)
      if (other.row == cell.row && other.box.x0 > cell.box.x1) x = std::min(x, other.box.x0 - 1);
    return x;
  };
  for (const Cell& cell : layout.cells) {
    const Heading heading = heading_of(layout, cell);
    if (heading == Heading::Patient)
      for (Block& block : blocks)
        if (block.x0 < cell.box.x1 && cell.box.x0 < block.x1) block.to_row = std::min(block.to_row, cell.row);
    if (heading == Heading::Relative)
      blocks.push_back({cell.row, layout.rows, std::max(0, cell.box.x0 - 2 * layout.median_height), right_of(cell)});
  }
  // A relative named with a colon takes the personal labels beside and just below.
  for (const Label& label : labels) {
    const bool relative = label.kind == K::Other && among(kRelatives, token(layout, label.last - 1));
    if (!relative && !(is_personal(label.kind) && owner_of(layout, label) == Owner::Relative)) continue;
    const Token& first = token(layout, label.first);
    blocks.push_back({first.row, first.row + 3, first.box.x0 - layout.median_height, layout.content.x1 + 1, true});
  }
  return blocks;
}

}  // namespace

std::vector<Label> find_labels(const Layout& layout) {
  std::vector<Label> labels;
  std::vector<bool> of_patient;
  for (const PhraseMatch& match : longest_only(book().find(layout))) {
    const Spec& spec = kSpecs[static_cast<std::size_t>(match.phrase)];
    const Token& first = token(layout, match.first);
    const Token& last = token(layout, match.last - 1);
    if (first.row != last.row || (!labels.empty() && match.first < labels.back().last)) continue;
    Label label{spec.kind, match.first, match.last, spec.confidence, has_mark(last)};
    // "Sex/Age:", "MRN/Acct:": the mark follows the group.
    const Cell& cell = cell_of(layout, match.first);
    const bool grouped = last.after.find('/') != std::string::npos || last.after.find('(') != std::string::npos;
    const bool alone = match.first == cell.first && match.last == cell.last;
    if (spec.mark == Mark::Needed && !label.marked && !grouped && !alone && !value_follows(layout, spec.kind, match.last)) continue;
    if (spec.mark == Mark::Optional && !label.marked && !std::isupper(static_cast<unsigned char>(first.text.front()))) continue;
    labels.push_back(label);
    of_patient.push_back(spec.patient);
  }
  const std::vector<Block> blocks = blocks_of_others(layout, labels);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    Label& label = labels[i];
    if (!is_personal(label.kind)) continue;
    const Token& first = token(layout, label.first);
    const bool inside = std::any_of(blocks.begin(), blocks.end(), [&](const Block& block) {
      if (block.of_label && label.kind == K::Account && first.row > block.from_row) return false;
      return first.row >= block.from_row && first.row < block.to_row && first.box.x0 >= block.x0 && first.box.x0 < block.x1;
    });
    if (owner_of(layout, label) != Owner::Patient || (inside && !of_patient[i])) label.kind = K::Other;
  }
  return labels;
}

std::optional<LabelKind> misread_label(const Layout& layout, int first, int last) {
  static constexpr auto kKnown = std::to_array<std::pair<LabelKind, std::string_view>>(
      {{K::Mrn, "MRN"}, {K::Mrn, "MEDREC"}, {K::Mrn, "MEDRECNO"}, {K::Mrn, "MEDICALRECORDNO"}, {K::Mrn, "MEDICALRECORD"},
       {K::Name, "NAME"}, {K::Name, "PATIENT"}, {K::Name, "PATIENTNAME"}, {K::Name, "PTNAME"},
       {K::Birth, "DOB"}, {K::Birth, "DATEOFBIRTH"}, {K::Birth, "BIRTHDATE"}});
  std::string label;
  for (int i = first; i < last; ++i) label += letters_and_digits(token(layout, i).text);
  for (const auto& [kind, words] : kKnown) {
    const bool stem = words == "DOB" && label.starts_with("DO");  // DOS, DOA, DOI: other days
    const int allowed = words.size() >= 9 ? 3 : words.size() >= 6 ? 2 : 1;
    if (!stem && label != words && edit_distance(label, words) <= allowed) return kind;
  }
  return std::nullopt;
}

}  // namespace chartscan::charts
