// What was written where a form asked: is there a signature, a date? Inside this room.
// The confidence says how surely the state is right; between the two there is a band where nobody should be told either.
#pragma once

#include "imaging/form_places.h"

namespace chartscan::imaging {

// What a pen left at a place: pieces that are no print, the largest group of those that lie close together.
struct PenTrace {
  Box box;
  double width = 0, height = 0;  // inch
  double length = 0;             // of all strokes, inch
  double longest_piece = 0;      // width of the widest piece, inch
  int pieces = 0;
  double alignment = 0;   // 0..1: share of pieces that stand on one base line with one height, as print does
  double evenness = 0;    // 0..1: share of pieces of the very same height and foot, as capitals and digits of print have
  double print_odds = 0;  // log odds by its shapes, see form_print.h
  double read = 0;        // 0..1: confidence of words that were read there, by the ink they cover
};
PenTrace trace_of(const FormInk& form, const std::vector<const Piece*>& pieces, const PageText& text);
PenTrace pen_in(const FormInk& form, const FormPlace& place, const PageText& text, const std::vector<Box>& not_pen);

// `not_pen`: stamps and the like, whose ink signs nothing.
FormCue signature_at(const FormInk& form, const FormPlace& place, const PageText& text, const std::vector<Box>& not_pen);
FormCue date_at(const FormInk& form, const FormPlace& place, const PageText& text, const std::vector<Box>& not_pen);
// Share of pieces that stand on one base line with one height.
double alignment_of(const FormInk& form, const std::vector<const Piece*>& pieces);
double evenness_of(const std::vector<const Piece*>& pieces);  // and of the very same height and foot
double signed_odds(const PenTrace& pen);                      // log odds

// Groups of pieces whose boxes lie within `across` and `down` pixels of each other.
std::vector<std::vector<const Piece*>> groups_of(std::vector<const Piece*> pieces, int across, int down);

}  // namespace chartscan::imaging
