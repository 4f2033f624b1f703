#include "scanner-drivers/twain/states.h"

#include <algorithm>
#include <array>

namespace chartscan::scan::twain {
namespace {

struct Rule {
  Data data;
  Message message;
  State from, to;  // the states it may be asked in
};

constexpr std::array kRules = {
    Rule{Data::Parent, Message::OpenManager, State::Loaded, State::Loaded},
    Rule{Data::Parent, Message::CloseManager, State::ManagerOpen, State::ManagerOpen},
    Rule{Data::EntryPoint, Message::Get, State::ManagerOpen, State::ManagerOpen},
    Rule{Data::Identity, Message::GetFirst, State::ManagerOpen, State::Transferring},
    Rule{Data::Identity, Message::GetNext, State::ManagerOpen, State::Transferring},
    Rule{Data::Identity, Message::OpenSource, State::ManagerOpen, State::ManagerOpen},
    Rule{Data::Identity, Message::CloseSource, State::SourceOpen, State::SourceOpen},
    Rule{Data::Status, Message::Get, State::Loaded, State::Transferring},
    Rule{Data::Capability, Message::Set, State::SourceOpen, State::SourceOpen},
    Rule{Data::Capability, Message::Reset, State::SourceOpen, State::SourceOpen},
    Rule{Data::Capability, Message::Get, State::SourceOpen, State::Transferring},
    Rule{Data::Capability, Message::GetCurrent, State::SourceOpen, State::Transferring},
    Rule{Data::ImageLayout, Message::Set, State::SourceOpen, State::SourceOpen},
    Rule{Data::ImageLayout, Message::Get, State::SourceOpen, State::TransferReady},
    Rule{Data::Callback, Message::RegisterCallback, State::SourceOpen, State::SourceOpen},
    Rule{Data::Callback2, Message::RegisterCallback, State::SourceOpen, State::SourceOpen},
    Rule{Data::UserInterface, Message::EnableSource, State::SourceOpen, State::SourceOpen},
    Rule{Data::UserInterface, Message::DisableSource, State::Enabled, State::Enabled},
    Rule{Data::Event, Message::ProcessEvent, State::Enabled, State::Transferring},
    Rule{Data::ImageInfo, Message::Get, State::TransferReady, State::Transferring},
    Rule{Data::SetupMemory, Message::Get, State::SourceOpen, State::TransferReady},
    Rule{Data::SetupFile, Message::Set, State::SourceOpen, State::TransferReady},
    Rule{Data::NativeTransfer, Message::Get, State::TransferReady, State::TransferReady},
    Rule{Data::FileTransfer, Message::Get, State::TransferReady, State::TransferReady},
    Rule{Data::MemoryTransfer, Message::Get, State::TransferReady, State::Transferring},
    Rule{Data::ExtendedImageInfo, Message::Get, State::Transferring, State::Transferring},
    Rule{Data::PendingTransfers, Message::EndTransfer, State::TransferReady, State::Transferring},
    Rule{Data::PendingTransfers, Message::Reset, State::TransferReady, State::TransferReady},
};

}  // namespace

bool is_permitted(State state, Data data, Message message) {
  return std::any_of(kRules.begin(), kRules.end(), [&](const Rule& rule) {
    return rule.data == data && rule.message == message && rule.from <= state && state <= rule.to;
  });
}

State state_after(State state, Data data, Message message, ReturnCode code, int images_pending) {
  const bool done = code == ReturnCode::Success || code == ReturnCode::CheckStatus;
  switch (data) {
    case Data::NativeTransfer:
    case Data::FileTransfer: return code == ReturnCode::TransferDone || code == ReturnCode::Cancel ? State::Transferring : state;
    case Data::MemoryTransfer:
      return done || code == ReturnCode::TransferDone || code == ReturnCode::Cancel ? State::Transferring : state;
    default: break;
  }
  if (!done) return state;
  switch (message) {
    case Message::OpenManager: return State::ManagerOpen;
    case Message::CloseManager: return State::Loaded;
    case Message::OpenSource: return State::SourceOpen;
    case Message::CloseSource: return State::ManagerOpen;
    case Message::EnableSource: return State::Enabled;
    case Message::DisableSource: return State::SourceOpen;
    case Message::EndTransfer: return images_pending == 0 ? State::Enabled : State::TransferReady;
    case Message::Reset: return data == Data::PendingTransfers ? State::Enabled : state;
    default: return state;
  }
}

}  // namespace chartscan::scan::twain
