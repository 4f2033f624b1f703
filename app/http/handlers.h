// What the routes do: each calls the workplace of who asks and turns the answer into JSON. No rules of their own.
#pragma once

#include "app/http/router.h"

namespace chartscan::app::http {

Result<Response> get_session(Api& api, const Call& call);
Result<Response> post_session(Api& api, const Call& call);
Result<Response> delete_session(Api& api, const Call& call);
Result<Response> extend_session(Api& api, const Call& call);
Result<Response> change_own_password(Api& api, const Call& call);
Result<Response> post_setup(Api& api, const Call& call);

Result<Response> get_status(Api& api, const Call& call);
Result<Response> get_search(Api& api, const Call& call);
Result<Response> get_unfound(Api& api, const Call& call);
Result<Response> get_patients(Api& api, const Call& call);
Result<Response> get_types(Api& api, const Call& call);
Result<Response> get_chart(Api& api, const Call& call);
Result<Response> get_batches(Api& api, const Call& call);
Result<Response> get_batch(Api& api, const Call& call);
Result<Response> get_document(Api& api, const Call& call);
Result<Response> get_page(Api& api, const Call& call);
Result<Response> get_openapi(Api& api, const Call& call);

Result<Response> get_page_image(Api& api, const Call& call);

Result<Response> post_export(Api& api, const Call& call);
Result<Response> get_searches(Api& api, const Call& call);
Result<Response> post_search(Api& api, const Call& call);
Result<Response> delete_search(Api& api, const Call& call);

Result<Response> get_review(Api& api, const Call& call);
Result<Response> get_review_item(Api& api, const Call& call);
Result<Response> get_review_next(Api& api, const Call& call);
Result<Response> accept_document(Api& api, const Call& call);
Result<Response> decide_document(Api& api, const Call& call);
Result<Response> hold_document(Api& api, const Call& call);
Result<Response> undo_document(Api& api, const Call& call);
Result<Response> split_document(Api& api, const Call& call);
Result<Response> join_document(Api& api, const Call& call);

Result<Response> get_devices(Api& api, const Call& call);
Result<Response> get_profiles(Api& api, const Call& call);
Result<Response> post_scan(Api& api, const Call& call);
Result<Response> get_scans(Api& api, const Call& call);
Result<Response> get_scan(Api& api, const Call& call);
Result<Response> stop_scan(Api& api, const Call& call);
Result<Response> rescan(Api& api, const Call& call);
Result<Response> insert_sheets(Api& api, const Call& call);
Result<Response> repair_batch(Api& api, const Call& call);
Result<Response> release_batch(Api& api, const Call& call);
Result<Response> batch_events(Api& api, const Call& call);
Result<Response> state_events(Api& api, const Call& call);

Result<Response> get_config(Api& api, const Call& call);
Result<Response> post_sheets(Api& api, const Call& call);
Result<Response> get_users(Api& api, const Call& call);
Result<Response> post_user(Api& api, const Call& call);
Result<Response> patch_user(Api& api, const Call& call);
Result<Response> unlock_user(Api& api, const Call& call);
Result<Response> reset_password(Api& api, const Call& call);
Result<Response> revoke_user(Api& api, const Call& call);
Result<Response> get_roles(Api& api, const Call& call);
Result<Response> get_tokens(Api& api, const Call& call);
Result<Response> post_token(Api& api, const Call& call);
Result<Response> delete_token(Api& api, const Call& call);
Result<Response> post_glass(Api& api, const Call& call);
Result<Response> get_glass(Api& api, const Call& call);
Result<Response> get_glass_queue(Api& api, const Call& call);
Result<Response> judge_glass(Api& api, const Call& call);
Result<Response> get_audit(Api& api, const Call& call);
Result<Response> get_chart_accesses(Api& api, const Call& call);
Result<Response> verify_audit(Api& api, const Call& call);
Result<Response> export_audit(Api& api, const Call& call);

Result<Response> get_dashboard(Api& api, const Call& call);

Result<Response> merge_patients(Api& api, const Call& call);
Result<Response> unmerge_patients(Api& api, const Call& call);
Result<Response> get_duplicates(Api& api, const Call& call);
Result<Response> get_overlays(Api& api, const Call& call);
Result<Response> get_linking(Api& api, const Call& call);
Result<Response> set_linking(Api& api, const Call& call);
Result<Response> get_linking_audit(Api& api, const Call& call);
Result<Response> draw_linking_audit(Api& api, const Call& call);
Result<Response> judge_link(Api& api, const Call& call);

Result<Response> begin_upload(Api& api, const Call& call);
Result<Response> get_upload(Api& api, const Call& call);
Result<Response> put_piece(Api& api, const Call& call);
Result<Response> drop_upload(Api& api, const Call& call);
Result<Response> ingest_upload(Api& api, const Call& call);
Result<Response> import_patients(Api& api, const Call& call);
Result<Response> get_upkeep(Api& api, const Call& call);
Result<Response> post_upkeep(Api& api, const Call& call);
void resume_uploads(Api& api);  // what was handed over before the server was ended

Result<std::string> metrics(Api& api);  // in the text format of Prometheus

}  // namespace chartscan::app::http
