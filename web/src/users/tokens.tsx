// Tokens: keys for programs, with a few rights and an end. Shown once.
import { useState } from "preact/hooks";
import { type Right, type Token, paths, post, remove, useApi, useDoing } from "../api";
import { Dialog, Field, ProblemNote } from "../dialog";
import { Button } from "../parts";
import { person } from "../session";
import { clockTime } from "../words";

export function Tokens() {
  const tokens = useApi<{ items: Token[] }>(paths.tokens, true);
  const [making, setMaking] = useState(false);
  const doing = useDoing();
  const drop = (token: Token) => void doing.run(async () => { await remove(paths.token(token.id)); tokens.reload(); });
  const items = (tokens.data?.items ?? []).filter((one) => !one.revoked_at);
  return (
    <section class="tokens">
      <header class="sheet-head"><h2>Your tokens for programs</h2><span class="push" /><Button onClick={() => setMaking(true)}>New token</Button></header>
      <ProblemNote problem={doing.problem ?? tokens.problem} />
      {tokens.data && items.length === 0 && <p class="because">None.</p>}
      {items.length > 0 && (
        <table class="table"><thead><tr><th>Name</th><th>May</th><th>Ends</th><th>Last used</th><th><span class="unseen">Deed</span></th></tr></thead>
          <tbody>{items.map((one) => (
            <tr key={one.id}><td>{one.name}</td><td>{one.scopes.join(", ")}</td><td class="figures">{one.expires_at ? clockTime(one.expires_at) : "never"}</td><td class="figures">{clockTime(one.last_used_at)}</td>
              <td><Button onClick={() => drop(one)} title={`Revoke ${one.name}`}>Revoke</Button></td></tr>))}</tbody></table>
      )}
      {making && <NewToken close={() => { setMaking(false); tokens.reload(); }} />}
    </section>
  );
}

function NewToken({ close }: { close: () => void }) {
  const [name, setName] = useState("");
  const [days, setDays] = useState("90");
  const [scopes, setScopes] = useState<Right[]>([]);
  const [made, setMade] = useState<Token | null>(null);
  const doing = useDoing();
  const submit = (event: Event) => { event.preventDefault(); void doing.run(async () => setMade(await post<Token>(paths.tokens, { name, scopes, days: Number(days) }))); };
  const flip = (right: Right) => setScopes(scopes.includes(right) ? scopes.filter((one) => one !== right) : [...scopes, right]);
  if (made) {
    return (
      <Dialog title="The token" close={close}>
        <div class="form"><p>Copy it now: it is not shown again.</p><p><code class="secret">{made.token}</code></p>
          <div class="foot-of"><Button primary first onClick={() => void navigator.clipboard?.writeText(made.token ?? "")}>Copy</Button></div></div>
      </Dialog>
    );
  }
  return (
    <Dialog title="New token" close={close}>
      <form class="form" onSubmit={submit}>
        <Field label="For which program" first required value={name} onInput={setName} maxLength={80} />
        <Field label="Days it is good for" type="number" min={1} required value={days} onInput={setDays} />
        <fieldset class="boxes"><legend>It may</legend>{(person()?.rights ?? []).map((right) => <label class="check" key={right}><input type="checkbox" checked={scopes.includes(right)} onChange={() => flip(right)} /><span>{right}</span></label>)}</fieldset>
        <ProblemNote problem={doing.problem} />
        <div class="foot-of"><button class="button primary" disabled={doing.busy || scopes.length === 0}>Make<kbd>Enter</kbd></button></div>
      </form>
    </Dialog>
  );
}
