// Stored originals as imaging reads them: storage and imaging do not know each other.
#pragma once

#include "core/page.h"
#include "core/result.h"
#include "imaging/decode.h"
#include "storage/blobs.h"

namespace chartscan::exchange {

// `blobs` must outlive the reader.
Result<imaging::ByteReader> original_bytes(storage::Blobs& blobs, const Hash& hash);

}  // namespace chartscan::exchange
