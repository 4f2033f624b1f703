#include "scanner-drivers/twain/negotiate.h"

namespace chartscan::scan::twain {
namespace {

// "I do not have that, not this value, not now": negotiation goes on.
bool is_refusal(const Reply& reply) {
  if (reply.code != ReturnCode::Failure) return reply.code != ReturnCode::Busy && reply.code != ReturnCode::ScannerLocked;
  switch (reply.condition) {
    case ConditionCode::BadCapability:
    case ConditionCode::BadProtocol:
    case ConditionCode::BadValue:
    case ConditionCode::CapabilityUnsupported:
    case ConditionCode::CapabilityBadOperation:
    case ConditionCode::CapabilitySequenceError:
    case ConditionCode::SequenceError:
    case ConditionCode::Denied:
    case ConditionCode::Bummer:
    case ConditionCode::OperationError:  // what careless sources say instead of the above
      return true;
    default: return false;
  }
}

}  // namespace

void Negotiator::note_failure(const Reply& reply) {
  if (!reply.ok() && !fault_ && !is_refusal(reply)) fault_ = to_fault(reply, phase_, 0);
}

std::optional<Values> Negotiator::read(Cap cap, Message message) {
  wire::Capability body{static_cast<std::uint16_t>(cap), 0xffff, nullptr};
  const Reply reply = session_.ask(kGroupControl, Data::Capability, message, &body);
  note_failure(reply);
  if (!reply.ok() || !body.values) return std::nullopt;
  const ForeignBlock block = session_.take(body.values);
  return parse_container(static_cast<Container>(body.container), block.bytes());
}

std::optional<double> Negotiator::current(Cap cap) {
  auto values = read(cap, Message::GetCurrent);
  if (!values) values = read(cap, Message::Get);  // sensors are read this way only
  return values ? values->current() : std::nullopt;
}

bool Negotiator::put(Cap cap, Container container, const std::vector<std::uint8_t>& bytes) {
  const wire::Handle handle = session_.give(bytes);
  if (!handle) {
    if (!fault_) fault_ = make_fault(FaultKind::NoMemory, phase_, 0, "the source manager gives no memory");
    return false;
  }
  wire::Capability body{static_cast<std::uint16_t>(cap), static_cast<std::uint16_t>(container), handle};
  const Reply reply = session_.ask(kGroupControl, Data::Capability, Message::Set, &body);
  session_.release(handle);
  note_failure(reply);
  return reply.ok();
}

std::optional<double> Negotiator::set(Cap cap, ItemType type, double wanted) {
  const bool taken = put(cap, Container::OneValue, one_value(type, wanted));
  const auto now = current(cap);
  return now || !taken ? now : wanted;  // a source that takes a value but cannot be asked
}

std::optional<double> Negotiator::set_nearest(Cap cap, ItemType type, double wanted) {
  const auto choice = offered(cap);
  const auto nearest = choice ? choice->nearest(wanted) : std::nullopt;
  // A OneValue says what is set, not what could be: then the wish itself is tried.
  return set(cap, type, nearest && choice->container != Container::OneValue ? *nearest : wanted);
}

void Negotiator::set_array(Cap cap, ItemType type, const std::vector<double>& wanted) {
  put(cap, Container::Array, array_of(type, wanted));
}

}  // namespace chartscan::scan::twain
