// The words beside a check box, and whether there are any: a box that nothing says the meaning of is none. Inside this room.
#pragma once

#include <optional>
#include <string>

#include "imaging/form_ink.h"

namespace chartscan::imaging {

enum class Side { Right, Left };

struct BoxLabel {
  std::string text;
  int gap = 0;  // from the box, pixels
};

// Looks at the page's words, which it does not own.
class BoxLabels {
 public:
  BoxLabels(const FormInk& form, const PageText& text) : form_(form), text_(text) {}

  std::optional<BoxLabel> all(const Box& box, Side side) const { return beside(box, side, Much::All); }
  std::optional<BoxLabel> any(const Box& box) const {
    return beside(box, Side::Right, Much::Any);
  }                                    // its first word; on the left where nothing is right of it
  bool is_sure(const Box& box) const;  // for shapes that were searched for: chance finds them in every blot

 private:
  enum class Much { All, Any };
  std::optional<BoxLabel> beside(const Box& box, Side side, Much much) const;

  const FormInk& form_;
  const PageText& text_;
};

}  // namespace chartscan::imaging
