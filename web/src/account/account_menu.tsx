// Who is logged in, and what concerns only them: look, keys, password, logging out. `l` twice logs out.
import { useState } from "preact/hooks";
import { Choice, Dialog } from "../dialog";
import { useKeys } from "../keys";
import { Button } from "../parts";
import { type Prefs, prefer, usePrefs } from "../prefs";
import { logout, useSession } from "../session";
import { ChangePassword } from "./login";
import { TimeLeft } from "./idle";

export function AccountMenu() {
  const { session } = useSession();
  const [shown, setShown] = useState<"" | "menu" | "password">("");
  useKeys([
    { keys: "g m", label: "My account: look, keys, password", run: () => setShown("menu"), group: "Go to" },
    { keys: "g x", label: "Log out", run: () => void logout(), group: "Go to" },
  ]);
  const user = session?.user;
  if (!user) return null;
  return (
    <div class="account">
      <button type="button" class="button person" onClick={() => setShown("menu")} title="My account (g m)"><b>{user.full_name || user.name}</b><span>{user.roles.join(", ")}</span></button>
      <TimeLeft />
      {shown === "menu" && (
        <Dialog title="My account" close={() => setShown("")}>
          <div class="form">
            <dl class="pairs"><dt>Name</dt><dd>{user.full_name} ({user.name})</dd><dt>Roles</dt><dd>{user.roles.join(", ")}</dd><dt>Rights</dt><dd>{user.rights.join(", ")}</dd></dl>
            <Look />
            <div class="foot-of"><Button onClick={() => setShown("password")}>Change password</Button><Button k="g x" onClick={() => void logout()}>Log out</Button></div>
          </div>
        </Dialog>
      )}
      {shown === "password" && <Dialog title="Change password" close={() => setShown("")}><ChangePassword done={() => setShown("")} /></Dialog>}
    </div>
  );
}

function Look() {
  const prefs = usePrefs();
  return (
    <>
      <Choice label="Look" value={prefs.look} of={[["system", "As the computer"], ["light", "Light"], ["dark", "Dark"]]} onChange={(look) => prefer({ look: look as Prefs["look"] })} />
      <label class="check"><input type="checkbox" checked={prefs.singleKeys} onChange={(event) => prefer({ singleKeys: event.currentTarget.checked })} />
        <span>Single letters are keys<small>Switch off when you speak to the computer: everything can be reached with Tab and Enter, too.</small></span></label>
    </>
  );
}
