// The door: logging in, the first administrator, and the password that must be changed. Whoever comes back after the idle
// logoff finds the screen they had left.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useDoing } from "../api";
import { Field, ProblemNote } from "../dialog";
import { Mark } from "../shell";
import { changePassword, login, logout, person, setUp } from "../session";

export const kShortestPassword = 12;

function Door({ title, says, children }: { title: string; says?: ComponentChildren; children: ComponentChildren }) {
  return (
    <main class="door">
      <div class="card">
        <p class="brand"><Mark /><span>Chartscan</span></p>
        <h1>{title}</h1>
        {says && <p class="says">{says}</p>}
        {children}
      </div>
    </main>
  );
}

export function Login({ archive, ended }: { archive: string; ended: boolean }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const doing = useDoing();
  const submit = async (event: Event) => {
    event.preventDefault();
    if (!(await doing.run(() => login(name.trim(), password)))) setPassword("");
  };
  return (
    <Door title="Log in" says={ended ? "You were logged off. What you had stored is stored; log in to go on where you were." : <>Archive <b>{archive}</b></>}>
      <form class="form" onSubmit={submit}>
        <Field label="Name" value={name} onInput={setName} autocomplete="username" required first maxLength={64} />
        <Field label="Password" type="password" value={password} onInput={setPassword} autocomplete="current-password" required maxLength={1000} />
        <ProblemNote problem={doing.problem} />
        <div class="foot-of"><button class="button primary" disabled={doing.busy}>Log in<kbd>Enter</kbd></button></div>
        <p class="small">Forgotten? Whoever keeps the users sets a new one.</p>
      </form>
    </Door>
  );
}

export function Setup() {
  const [words, setWords] = useState({ code: new URLSearchParams(location.search).get("code") ?? "", name: "", full_name: "", password: "", again: "" });
  const doing = useDoing();
  const put = (key: keyof typeof words) => (value: string) => setWords({ ...words, [key]: value });
  const differs = words.again !== "" && words.again !== words.password;
  const submit = (event: Event) => {
    event.preventDefault();
    if (differs) return;
    const { again: _, ...given } = words;
    void doing.run(async () => { await setUp(given); history.replaceState({}, "", "/"); });
  };
  return (
    <Door title="The first administrator" says="This archive has no users yet. The code stands in the terminal where the server was started.">
      <form class="form" onSubmit={submit}>
        <Field label="Code" value={words.code} onInput={put("code")} required first={!words.code} maxLength={100} />
        <Field label="Name to log in with" value={words.name} onInput={put("name")} required autocomplete="username" maxLength={64} />
        <Field label="Full name" value={words.full_name} onInput={put("full_name")} required autocomplete="name" maxLength={100} />
        <NewPassword password={words.password} again={words.again} onPassword={put("password")} onAgain={put("again")} />
        <ProblemNote problem={doing.problem} />
        <div class="foot-of"><button class="button primary" disabled={doing.busy || differs}>Begin<kbd>Enter</kbd></button></div>
      </form>
    </Door>
  );
}

export function NewPassword(props: { password: string; again: string; onPassword: (value: string) => void; onAgain: (value: string) => void }) {
  const differs = props.again !== "" && props.again !== props.password;
  return (
    <>
      <Field label="New password" type="password" value={props.password} onInput={props.onPassword} autocomplete="new-password" required minLength={kShortestPassword}
        maxLength={1000} hint={`At least ${kShortestPassword} characters. A short sentence is good and easy to remember.`} />
      <Field label="Once more" type="password" value={props.again} onInput={props.onAgain} autocomplete="new-password" required maxLength={1000}
        hint={differs ? "The two differ." : undefined} />
    </>
  );
}

export function ChangePassword({ done }: { done: () => void }) {
  const [old, setOld] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const doing = useDoing();
  const submit = async (event: Event) => {
    event.preventDefault();
    if (password === again && (await doing.run(() => changePassword(old, password)))) done();
  };
  return (
    <form class="form" onSubmit={submit}>
      <Field label="Present password" type="password" value={old} onInput={setOld} autocomplete="current-password" required first maxLength={1000} />
      <NewPassword password={password} again={again} onPassword={setPassword} onAgain={setAgain} />
      <ProblemNote problem={doing.problem} />
      <div class="foot-of"><button class="button primary" disabled={doing.busy || password !== again}>Change<kbd>Enter</kbd></button></div>
    </form>
  );
}

export const MustChange = () => (
  <Door title="A password of your own" says={`Welcome, ${person()?.full_name}. The password you were given is good for one login only.`}>
    <ChangePassword done={() => {}} />
    <p class="small"><button type="button" class="button" onClick={() => void logout()}>Log out</button></p>
  </Door>
);

export const Offline = () => (
  <Door title="The server does not answer" says="It is asked again every few seconds; this page goes on by itself. If it stays so, tell whoever runs Chartscan."><span /></Door>
);
