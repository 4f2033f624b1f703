// The time to logoff, always in sight, and the warning before it: one key stays.
import { useEffect, useState } from "preact/hooks";
import { Dialog } from "../dialog";
import { useKeys } from "../keys";
import { Button } from "../parts";
import { extend, refresh, secondsLeft, useSession } from "../session";

const clock = (seconds: number) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

function useSeconds(): number {
  const [left, setLeft] = useState(secondsLeft());
  useEffect(() => {
    const timer = setInterval(() => setLeft(secondsLeft()), 500);
    return () => clearInterval(timer);
  }, []);
  return left;
}

export function TimeLeft() {
  const left = useSeconds();
  return <span class="idle figures" title="Time to logoff when nobody works here" role="timer" aria-label="Time to logoff">{clock(left)}</span>;
}

export function IdleWatch() {
  const { session } = useSession();
  const left = useSeconds();
  const due = session?.user != null && left > 0 && left <= session.idle_warn_s;
  // Another tab may have stayed: the server is asked before anybody is bothered.
  const [asked, setAsked] = useState(false);
  useEffect(() => {
    if (due && !asked) void refresh().then(() => setAsked(true));
    if (!due && asked) setAsked(false);
  }, [due, asked]);
  return due && asked ? <Warning left={left} /> : null;
}

const Warning = ({ left }: { left: number }) => (
  <Dialog title="Still there?" close={() => void extend()} class="warning">
    <Stay />
    <div class="form">
      <p role="alert">Nobody has worked here for a while. In <b class="figures">{clock(left)}</b> you are logged off, so that nobody else reads on. Everything that was done is stored.</p>
      <div class="foot-of"><Button k="Enter" primary first onClick={() => void extend()}>Stay</Button></div>
    </div>
  </Dialog>
);

function Stay() {
  useKeys([{ keys: "Enter", label: "Stay", run: () => void extend() }]);
  return null;
}
