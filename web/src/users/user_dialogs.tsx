// A new user, other roles, a new password. A password set for somebody is good for one login.
import { useState } from "preact/hooks";
import { type Account, type Role, patch, paths, post, useDoing } from "../api";
import { kShortestPassword } from "../account/login";
import { Dialog, Field, ProblemNote } from "../dialog";

interface Props { close: () => void; done: () => void }

function RoleBoxes({ roles, chosen, onChange }: { roles: Role[]; chosen: string[]; onChange: (roles: string[]) => void }) {
  const flip = (name: string) => onChange(chosen.includes(name) ? chosen.filter((one) => one !== name) : [...chosen, name]);
  return (
    <fieldset class="boxes"><legend>Roles</legend>
      {roles.map((role) => <label class="check" key={role.name}><input type="checkbox" checked={chosen.includes(role.name)} onChange={() => flip(role.name)} /><span>{role.title ?? role.name}<small>{role.rights.join(", ")}</small></span></label>)}
    </fieldset>
  );
}

const kHint = `At least ${kShortestPassword} characters. It is good for one login: then the person chooses their own.`;

export function NewUser({ roles, close, done }: Props & { roles: Role[] }) {
  const [words, setWords] = useState({ name: "", full_name: "", password: "" });
  const [chosen, setChosen] = useState<string[]>([]);
  const doing = useDoing();
  const put = (key: keyof typeof words) => (value: string) => setWords({ ...words, [key]: value });
  const submit = async (event: Event) => { event.preventDefault(); if (await doing.run(() => post(paths.users, { ...words, roles: chosen }))) done(); };
  return (
    <Dialog title="New user" close={close}>
      <form class="form" onSubmit={submit}>
        <Field label="Name to log in with" first required value={words.name} onInput={put("name")} maxLength={64} />
        <Field label="Full name" required value={words.full_name} onInput={put("full_name")} maxLength={100} />
        <Field label="First password" type="password" autocomplete="new-password" required minLength={kShortestPassword} maxLength={1000} value={words.password} onInput={put("password")} hint={kHint} />
        <RoleBoxes roles={roles} chosen={chosen} onChange={setChosen} />
        <ProblemNote problem={doing.problem} />
        <div class="foot-of"><button class="button primary" disabled={doing.busy || chosen.length === 0}>Create<kbd>Enter</kbd></button></div>
      </form>
    </Dialog>
  );
}

export function RolesDialog({ account, roles, close, done }: Props & { account: Account; roles: Role[] }) {
  const [chosen, setChosen] = useState(account.roles);
  const [full, setFull] = useState(account.full_name);
  const doing = useDoing();
  const submit = async (event: Event) => { event.preventDefault(); if (await doing.run(() => patch(paths.user(account.name), { roles: chosen, full_name: full }))) done(); };
  return (
    <Dialog title={`What ${account.name} may do`} close={close}>
      <form class="form" onSubmit={submit}>
        <Field label="Full name" required value={full} onInput={setFull} maxLength={100} />
        <RoleBoxes roles={roles} chosen={chosen} onChange={setChosen} />
        <ProblemNote problem={doing.problem} />
        <div class="foot-of"><button class="button primary" disabled={doing.busy}>Store<kbd>Enter</kbd></button></div>
      </form>
    </Dialog>
  );
}

export function SetPassword({ account, close, done }: Props & { account: Account }) {
  const [password, setPassword] = useState("");
  const doing = useDoing();
  const submit = async (event: Event) => { event.preventDefault(); if (await doing.run(() => post(paths.userDo(account.name, "password"), { password }))) done(); };
  return (
    <Dialog title={`A password for ${account.name}`} close={close}>
      <form class="form" onSubmit={submit}>
        <Field label="Password" type="password" autocomplete="new-password" first required minLength={kShortestPassword} maxLength={1000} value={password} onInput={setPassword} hint={kHint} />
        <ProblemNote problem={doing.problem} />
        <div class="foot-of"><button class="button primary" disabled={doing.busy}>Set<kbd>Enter</kbd></button></div>
      </form>
    </Dialog>
  );
}
