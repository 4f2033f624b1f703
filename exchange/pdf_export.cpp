#include "exchange/pdf_export.h"

#define POINTERHOLDER_TRANSITION 4  // qpdf 11: no PointerHolder, std::shared_ptr

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <qpdf/Pipeline.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <qpdf/QPDFSystemError.hh>
#include <qpdf/QPDFWriter.hh>
#include <stdexcept>

#include "exchange/documents.h"
#include "exchange/invisible_font.h"
#include "exchange/language.h"
#include "exchange/new_file.h"
#include "exchange/page_layout.h"
#include "exchange/page_picture.h"
#include "exchange/pdf_metadata.h"
#include "exchange/scratch_file.h"
#include "exchange/srgb_profile.h"

namespace chartscan::exchange {
namespace {

using Object = QPDFObjectHandle;

// Gives qpdf the bytes of a stream only when it writes them: images and texts of a long chart never stand in memory.
class ScratchStream final : public Object::StreamDataProvider {
 public:
  ScratchStream(const ScratchFile& scratch, ScratchFile::Range range) : scratch_(scratch), range_(range) {}

  void provideStreamData(const QPDFObjGen&, Pipeline* pipeline) override {
    const Result<std::vector<std::uint8_t>> bytes = scratch_.read(range_);
    if (!bytes.ok()) throw std::runtime_error(to_string(bytes.error()));  // caught in write_pdf
    pipeline->write(bytes->data(), bytes->size());
    pipeline->finish();
  }

 private:
  const ScratchFile& scratch_;
  const ScratchFile::Range range_;
};

// The PDF as qpdf holds it. Throws what qpdf throws.
class PdfBuilder {
 public:
  explicit PdfBuilder(ScratchFile scratch) : scratch_(std::move(scratch)) {
    pdf_.emptyPDF();
    font_object_ = pdf_.makeIndirectObject(Object::newDictionary());
  }

  Status add_page(const Page& page, const PageText& text, const PagePicture& picture) {
    const PageLayout layout = lay_out(page.geometry, picture.size);
    TRY(Object image, image_stream(picture));
    TRY(Object content, scratch_stream(page_content(layout, text, font_)));
    Object sheet = Object::parse("<< /Type /Page >>");
    sheet.replaceKey("/MediaBox", Object::parse(fmt::format("[0 0 {:.3f} {:.3f}]", layout.width, layout.height)));
    sheet.replaceKey("/Contents", content);
    Object resources = Object::parse("<< /XObject << >> /Font << >> >>");
    resources.getKey("/XObject").replaceKey("/Im", image);
    resources.getKey("/Font").replaceKey("/F", font_object_);
    sheet.replaceKey("/Resources", resources);
    sheet = pdf_.makeIndirectObject(sheet);
    pdf_.addPage(sheet, false);
    last_page_ = sheet;
    return {};
  }

  Object last_page() const { return last_page_; }

  struct OutlineEntry {
    std::string title;
    Object page;
  };

  void finish(const std::string& title, const std::string& language, const std::vector<OutlineEntry>& outline) {
    finish_font();
    Object root = pdf_.getRoot();
    root.replaceKey("/Lang", Object::newUnicodeString(language));
    root.replaceKey("/ViewerPreferences", Object::parse("<< /DisplayDocTitle true >>"));
    root.replaceKey("/Metadata", metadata(title));
    root.replaceKey("/OutputIntents", output_intents());
    if (outline.size() > 1) root.replaceKey("/Outlines", outline_tree(outline));
    Object info = pdf_.makeIndirectObject(Object::newDictionary());
    info.replaceKey("/Title", Object::newUnicodeString(title));
    info.replaceKey("/Producer", Object::newUnicodeString(kPdfProducer));
    pdf_.getTrailer().replaceKey("/Info", info);
  }

  void write(std::FILE* stream) {
    QPDFWriter writer(pdf_, "PDF export", stream, false);
    writer.setMinimumPDFVersion("1.7");
    writer.setObjectStreamMode(qpdf_o_generate);
    writer.setNewlineBeforeEndstream(true);  // ISO 19005-2, 6.1.7.1
    writer.setDeterministicID(true);
    writer.write();
  }

 private:
  Result<Object> scratch_stream(std::string_view bytes) {
    TRY(const ScratchFile::Range range, scratch_.append(bytes));
    Object stream = pdf_.newStream();
    stream.replaceStreamData(std::make_shared<ScratchStream>(scratch_, range), Object::newNull(), Object::newNull());
    return stream;
  }

  Result<Object> image_stream(const PagePicture& picture) {
    TRY(const ScratchFile::Range range,
        scratch_.append({reinterpret_cast<const char*>(picture.bytes.data()), picture.bytes.size()}));
    const bool g4 = picture.coding == PagePicture::Coding::G4;
    Object stream = pdf_.newStream();
    stream.replaceDict(Object::parse(
        fmt::format("<< /Type /XObject /Subtype /Image /Width {} /Height {} /ColorSpace {} /BitsPerComponent {} >>",
                    picture.size.width, picture.size.height, picture.channels == 3 ? "/DeviceRGB" : "/DeviceGray", g4 ? 1 : 8)));
    Object parameters =
        g4 ? Object::parse(fmt::format("<< /K -1 /Columns {} /Rows {} >>", picture.size.width, picture.size.height))
           : Object::newNull();
    stream.replaceStreamData(std::make_shared<ScratchStream>(scratch_, range),
                             Object::newName(g4 ? "/CCITTFaxDecode" : "/DCTDecode"), parameters);
    return stream;
  }

  // Last: only now is it known which characters the pages have.
  void finish_font() {
    Object program = pdf_.newStream(InvisibleFont::true_type());
    program.getDict().replaceKey("/Length1", Object::newInteger(static_cast<long long>(InvisibleFont::true_type().size())));
    Object descriptor = Object::parse(
        "<< /Type /FontDescriptor /FontName /ChartscanInvisible /Flags 4 /FontBBox [0 0 500 1000] /ItalicAngle 0"
        " /Ascent 1000 /Descent 0 /CapHeight 1000 /StemV 80 >>");
    descriptor.replaceKey("/FontFile2", program);
    Object descendant = Object::parse(
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /ChartscanInvisible /DW 500"
        " /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>");
    descendant.replaceKey("/FontDescriptor", pdf_.makeIndirectObject(descriptor));
    descendant.replaceKey("/CIDToGIDMap", pdf_.newStream(font_.cid_to_gid()));
    font_object_.replaceKey("/Type", Object::newName("/Font"));
    font_object_.replaceKey("/Subtype", Object::newName("/Type0"));
    font_object_.replaceKey("/BaseFont", Object::newName("/ChartscanInvisible"));
    font_object_.replaceKey("/Encoding", Object::newName("/Identity-H"));
    font_object_.replaceKey("/DescendantFonts", Object::newArray({pdf_.makeIndirectObject(descendant)}));
    font_object_.replaceKey("/ToUnicode", pdf_.newStream(font_.to_unicode()));
  }

  Object metadata(const std::string& title) {
    Object stream = pdf_.newStream(xmp_packet(title));
    stream.getDict().replaceKey("/Type", Object::newName("/Metadata"));
    stream.getDict().replaceKey("/Subtype", Object::newName("/XML"));
    return stream;
  }

  Object output_intents() {
    Object profile = pdf_.newStream(srgb_profile());
    profile.getDict().replaceKey("/N", Object::newInteger(3));
    Object intent = Object::parse(
        "<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB IEC61966-2.1) /Info (sRGB IEC61966-2.1) >>");
    intent.replaceKey("/DestOutputProfile", profile);
    return Object::newArray({pdf_.makeIndirectObject(intent)});
  }

  // One level: an entry a document, each pointing at the next and the one before.
  Object outline_tree(const std::vector<OutlineEntry>& entries) {
    Object tree = pdf_.makeIndirectObject(Object::parse("<< /Type /Outlines >>"));
    std::vector<Object> items;
    for (const OutlineEntry& entry : entries) {
      Object item = pdf_.makeIndirectObject(Object::newDictionary());
      item.replaceKey("/Title", Object::newUnicodeString(entry.title));
      item.replaceKey("/Parent", tree);
      item.replaceKey("/Dest", Object::newArray({entry.page, Object::newName("/Fit")}));
      if (!items.empty()) {
        item.replaceKey("/Prev", items.back());
        items.back().replaceKey("/Next", item);
      }
      items.push_back(item);
    }
    tree.replaceKey("/First", items.front());
    tree.replaceKey("/Last", items.back());
    tree.replaceKey("/Count", Object::newInteger(static_cast<long long>(items.size())));
    return tree;
  }

  ScratchFile scratch_;
  QPDF pdf_;
  InvisibleFont font_;
  Object font_object_, last_page_;
};

// The originals of pages, in the order of the pages; neighbours mostly lie in one file.
class Originals {
 public:
  explicit Originals(storage::Blobs& blobs) : blobs_(blobs) {}

  Result<const imaging::ByteReader*> of(const Page& page) {
    if (!bytes_ || hash_ != page.original.blob) {
      TRY(bytes_, storage::open_blob(blobs_, page.original.blob));
      hash_ = page.original.blob;
    }
    return &*bytes_;
  }

 private:
  storage::Blobs& blobs_;
  Hash hash_;
  std::optional<imaging::ByteReader> bytes_;
};

Status build(const storage::Records& records, storage::Blobs& blobs, const std::vector<Document>& documents,
             const imaging::DecodeLimits& limits, const PdfOptions& options, PdfBuilder& pdf) {
  Originals originals(blobs);
  std::vector<PdfBuilder::OutlineEntry> outline;
  TRY_STATUS(each_page(records, documents, [&](const Document& document, const Page& page, const PageText& text) -> Status {
    TRY(const imaging::ByteReader* bytes, originals.of(page));
    TRY(const PagePicture picture, page_picture(page, *bytes, limits, options.images));
    TRY_STATUS(pdf.add_page(page, text, picture));
    if (page.id == document.pages.front()) outline.push_back({outline_title(document), pdf.last_page()});
    return {};
  }));
  pdf.finish(pdf_title(documents), language_tag(options.language), outline);
  return {};
}

}  // namespace

Status write_pdf(const storage::Records& records, storage::Blobs& blobs, const std::vector<DocumentId>& ids,
                 const imaging::DecodeLimits& limits, const PdfOptions& options, const std::filesystem::path& out) {
  try {
    TRY(std::vector<Document> documents, load_documents(records, ids));
    if (!options.pages.empty()) {
      for (Document& document : documents)
        std::erase_if(document.pages, [&](PageId id) { return std::ranges::find(options.pages, id) == options.pages.end(); });
    }
    TRY(ScratchFile scratch, ScratchFile::open(folder_of(out)), out.string());
    PdfBuilder pdf(std::move(scratch));
    TRY_STATUS(build(records, blobs, documents, limits, options, pdf), out.string());
    TRY(NewFile file, NewFile::create(out));
    pdf.write(file.stream());
    return file.publish();
  } catch (const QPDFSystemError& failed) {
    return Error{failed.getErrno() == ENOSPC ? ErrorCode::StorageFull : ErrorCode::Storage,
                 out.string() + " cannot be written: " + failed.what() + "; make space and export it again"};
  } catch (const std::exception& failed) {
    return Error{ErrorCode::Internal, out.string() + " cannot be made: qpdf says " + failed.what()};
  }
}

}  // namespace chartscan::exchange
