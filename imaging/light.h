// Inside this room: what falls on paper that is no print, taken off a working image: uneven light, shadows of folds, the back of the
// sheet. Nothing happens to a page that has none of it.
#pragma once

namespace cv {
class Mat;
}

namespace chartscan::imaging {

// A pixel divided by the paper around it, and by what darkens whole rows or columns: a fold's shadow is too narrow to be seen by
// its surroundings, but it runs right across, margins and all, which print does not.
void even_out_light(cv::Mat& page);

// Soft gray marks that no ink stands near become paper. Pencil and gray print have sharp edges and stay.
// `page` evened out and stretched: paper white, ink dark.
void wipe_show_through(cv::Mat& page);

}  // namespace chartscan::imaging
