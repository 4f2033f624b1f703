// The packed record of a patient; storage/codec.h is what others call. Private to this room.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/patient.h"

namespace chartscan::storage {

inline constexpr char kPackedPatient = 2;  // the record's first byte

std::string pack_patient(const Patient& patient);
std::optional<Patient> unpack_patient(std::string_view bytes);  // nothing when they are damaged

}  // namespace chartscan::storage
