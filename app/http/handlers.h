// What the routes do: each calls the service and turns the answer into JSON. No rules of their own.
#pragma once

#include "app/http/router.h"

namespace chartscan::app::http {

Result<Response> get_status(Api& api, const Arguments& arguments);
Result<Response> get_search(Api& api, const Arguments& arguments);
Result<Response> get_unfound(Api& api, const Arguments& arguments);
Result<Response> get_patients(Api& api, const Arguments& arguments);
Result<Response> get_chart(Api& api, const Arguments& arguments);
Result<Response> get_batches(Api& api, const Arguments& arguments);
Result<Response> get_batch(Api& api, const Arguments& arguments);
Result<Response> get_document(Api& api, const Arguments& arguments);
Result<Response> get_review(Api& api, const Arguments& arguments);
Result<Response> get_page(Api& api, const Arguments& arguments);
Result<Response> get_page_image(Api& api, const Arguments& arguments);
Result<Response> get_openapi(Api& api, const Arguments& arguments);

}  // namespace chartscan::app::http
