#include "exchange/patients_csv.h"

#include <ostream>
#include <string>

namespace chartscan::exchange {
namespace {

// RFC 4180.
std::string cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + "\"";
}

}  // namespace

Status export_patients(const storage::Records& records, std::ostream& out) {
  out << "mrn,family,given,middle,dob,sex,ssn,phone,address,city,state,zip,maiden\n";
  return records.patients([&](Patient patient) {
    const std::string family = patient.suffix.empty() ? patient.family : patient.family + " " + patient.suffix;
    const char* comma = "";
    for (const std::string& text : {patient.mrn, family, patient.given, patient.middle, to_string(patient.dob), patient.sex, patient.ssn, patient.phone,
                                    patient.address, patient.city, patient.state, patient.zip, patient.maiden}) {
      out << comma << cell(text);
      comma = ",";
    }
    out << '\n';
    return static_cast<bool>(out);
  });
}

}  // namespace chartscan::exchange
