// A patient's record, packed: a million of them are read by linking, a score for each document.
//
//   version (2), varint birth date as yyyymmdd (0 = unknown), then each text: varint length, bytes
//
// The order of the texts never changes; a new one goes to the end, and a record that ends before it has it empty.
// Version 1 was a CBOR map like the other records (storage/codec.cpp) and is still read.
#include <array>

#include "storage/bytes.h"
#include "storage/patient_codec.h"

namespace chartscan::storage {
namespace {

template <typename P>
auto texts(P& patient) {
  return std::array{&patient.mrn,   &patient.family, &patient.given,   &patient.middle, &patient.suffix, &patient.sex,   &patient.ssn,
                    &patient.phone, &patient.address, &patient.city,   &patient.state,  &patient.zip,    &patient.maiden};
}

bool take_text(std::string_view& in, std::string& text) {
  std::uint64_t size = 0;
  if (!take_varint(in, size) || size > in.size()) return false;
  text.assign(in.substr(0, static_cast<std::size_t>(size)));
  in.remove_prefix(static_cast<std::size_t>(size));
  return true;
}

}  // namespace

std::string pack_patient(const Patient& patient) {
  std::string out(1, kPackedPatient);
  put_varint(out, static_cast<std::uint64_t>(patient.dob.year * 10000 + patient.dob.month * 100 + patient.dob.day));
  const auto all = texts(patient);
  std::size_t used = all.size();
  while (used > 0 && all[used - 1]->empty()) --used;
  for (std::size_t i = 0; i < used; ++i) {
    put_varint(out, all[i]->size());
    out += *all[i];
  }
  return out;
}

std::optional<Patient> unpack_patient(std::string_view bytes) {
  if (bytes.empty() || bytes.front() != kPackedPatient) return std::nullopt;
  bytes.remove_prefix(1);
  Patient patient;
  std::uint64_t date = 0;
  if (!take_varint(bytes, date) || date > 99'999'999) return std::nullopt;
  const int number = static_cast<int>(date);
  patient.dob = {number / 10000, number / 100 % 100, number % 100};
  if (patient.dob && !is_valid(patient.dob)) return std::nullopt;
  for (std::string* text : texts(patient)) {
    if (bytes.empty()) break;
    if (!take_text(bytes, *text)) return std::nullopt;
  }
  if (!bytes.empty()) return std::nullopt;
  return patient;
}

}  // namespace chartscan::storage
