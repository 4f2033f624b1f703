// Stored originals as the image room reads them: bytes at any offset, or a file for programs that need a path.
#pragma once

#include "core/page.h"
#include "core/result.h"
#include "imaging/decode.h"
#include "storage/blobs.h"

namespace chartscan::pipeline {

// `blobs` must outlive the reader; each thread opens its own.
Result<imaging::ByteReader> open_original(storage::Blobs& blobs, const Original& original);

}  // namespace chartscan::pipeline
