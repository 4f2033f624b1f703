// Who may do what: people with their roles, and the tokens of programs.
import { useState } from "preact/hooks";
import { type Account, type Role, patch, paths, post, useApi, useDoing } from "../api";
import { ProblemNote } from "../dialog";
import { useKeys } from "../keys";
import { Button, Chip, Key, List, Row, Skeleton, Trouble } from "../parts";
import { clockTime } from "../words";
import { NewUser, RolesDialog, SetPassword } from "./user_dialogs";
import { Tokens } from "./tokens";

export function UsersScreen() {
  const users = useApi<{ items: Account[] }>(paths.users, true);
  const roles = useApi<{ items: Role[] }>(paths.roles);
  const [at, setAt] = useState(0);
  const [asking, setAsking] = useState<"" | "new" | "roles" | "password">("");
  const doing = useDoing();
  const items = users.data?.items ?? [];
  const chosen = items[Math.min(at, items.length - 1)];
  const change = (work: (account: Account) => Promise<unknown>) => () => { if (chosen) void doing.run(async () => { await work(chosen); users.reload(); }); };
  const disable = change((one) => patch(paths.user(one.name), { disabled: !one.disabled }));
  const unlock = change((one) => post(paths.userDo(one.name, "unlock")));
  const revoke = change((one) => post(paths.userDo(one.name, "revoke")));
  const done = () => { setAsking(""); users.reload(); };
  useKeys([
    { keys: "j", label: "Next user", run: () => setAt(Math.min(at + 1, items.length - 1)), group: "Users" },
    { keys: "k", label: "Previous user", run: () => setAt(Math.max(at - 1, 0)), group: "Users" },
    { keys: "ArrowDown", label: "Next user", run: () => setAt(Math.min(at + 1, items.length - 1)) },
    { keys: "ArrowUp", label: "Previous user", run: () => setAt(Math.max(at - 1, 0)) },
    { keys: "n", label: "New user", run: () => setAsking("new"), group: "Users" },
    { keys: "r", label: "Roles", run: () => { if (chosen) setAsking("roles"); }, group: "Users" },
    { keys: "p", label: "Set a password", run: () => { if (chosen) setAsking("password"); }, group: "Users" },
    { keys: "d", label: "Switch the account off or on", run: disable, group: "Users", once: true },
    { keys: "l", label: "Unlock", run: unlock, group: "Users", once: true },
    { keys: "x", label: "End the sessions", run: revoke, group: "Users", once: true },
  ]);
  return (
    <div class="sheet users">
      <header class="sheet-head"><h1>Users</h1><span class="push" /><Button k="n" onClick={() => setAsking("new")}>New user</Button></header>
      {users.problem && <Trouble problem={users.problem} retry={users.retry} />}
      {!users.data && users.loading && <Skeleton rows={5} />}
      {items.length > 0 && (
        <List label="Users" chosen={chosen?.name ?? null}>
          {items.map((one, index) => (
            <Row key={one.name} id={one.name} chosen={one === chosen} onChoose={() => setAt(index)} class="user-row">
              <span><b>{one.full_name || one.name}</b><small>{one.name}</small></span>
              <span>{one.roles.join(", ")}</span>
              <span class="chips">
                {one.disabled ? <Chip tone="stop">switched off</Chip> : <Chip tone="fine">active</Chip>}
                {one.locked_until && one.locked_until * 1000 > Date.now() && <Chip tone="look">locked until {clockTime(one.locked_until).slice(11)}</Chip>}
                {one.must_change_password && <Chip tone="held">new password</Chip>}
                {one.sessions > 0 && <Chip tone="quiet">{one.sessions} logged in</Chip>}
              </span>
              <span class="figures small">{one.last_login ? `last ${clockTime(one.last_login)}` : "never logged in"}</span>
            </Row>
          ))}
        </List>
      )}
      {chosen && (
        <p class="foot" role="group" aria-label={`Deeds on ${chosen.name}`}>
          <Button k="r" onClick={() => setAsking("roles")}>Roles</Button>
          <Button k="p" onClick={() => setAsking("password")}>Set a password</Button>
          <Button k="d" onClick={disable}>{chosen.disabled ? "Switch on" : "Switch off"}</Button>
          <Button k="l" disabled={!chosen.locked_until} onClick={unlock}>Unlock</Button>
          <Button k="x" disabled={!chosen.sessions} onClick={revoke}>End sessions</Button>
        </p>
      )}
      <ProblemNote problem={doing.problem} />
      <Rights roles={roles.data?.items ?? []} />
      <Tokens />
      {asking === "new" && <NewUser roles={roles.data?.items ?? []} close={() => setAsking("")} done={done} />}
      {asking === "roles" && chosen && <RolesDialog account={chosen} roles={roles.data?.items ?? []} close={() => setAsking("")} done={done} />}
      {asking === "password" && chosen && <SetPassword account={chosen} close={() => setAsking("")} done={done} />}
    </div>
  );
}

// Roles are data (docs/access.md); here one reads what each may do.
function Rights({ roles }: { roles: Role[] }) {
  if (roles.length === 0) return null;
  return (
    <details class="rights">
      <summary>What each role may do</summary>
      <dl class="pairs">{roles.map((role) => [<dt key={role.name}>{role.title ?? role.name}</dt>, <dd key={`${role.name} may`}>{role.rights.map((right) => <Key key={right} of={right} />)}{role.sensitive?.length ? <span class="small"> opens {role.sensitive.join(", ")}</span> : null}</dd>])}</dl>
    </details>
  );
}
