// Who is logged in, what they may do, and when the server would log them off. One store for all screens.
// The clock of the idle logoff is the server's; here it is only counted down, and asked again before anything is done about it.
import { useLayoutEffect, useState } from "preact/hooks";
import { type Person, type Right, type Session, Problem, get, onTraffic, paths, post, remove, setCsrf } from "./api";

export type Standing = "asking" | "offline" | "setup" | "out" | "in";
export interface Now { standing: Standing; session: Session | null; ended: boolean }  // ended: there was a session, and it is over

const kActivityMs = 60_000;  // reading without asking the server anything is told to it this often
let now: Now = { standing: "asking", session: null, ended: false };
let idleSeconds = 0;  // what the server grants from the last request on
let logoffAt = 0;     // ms, of this computer's clock
let toldAt = 0;
const watchers = new Set<() => void>();

function set(next: Now): void {
  now = next;
  for (const watcher of watchers) watcher();
}

function take(session: Session): void {
  setCsrf(session.csrf);
  idleSeconds = Math.max(session.user && session.user.name === now.session?.user?.name ? idleSeconds : 0, session.idle_left_s ?? 0);
  logoffAt = Date.now() + (session.idle_left_s ?? 0) * 1000;
  const ended = now.standing === "in" ? !session.user : now.ended && !session.user;
  set({ standing: session.user ? "in" : session.setup_needed ? "setup" : "out", session, ended });
}

export async function refresh(): Promise<void> {
  try {
    take(await get<Session>(paths.session, { background: true }));
  } catch (error) {
    if (now.standing === "asking" && error instanceof Problem) set({ ...now, standing: "offline" });
  }
}

export const login = async (name: string, password: string) => take(await post<Session>(paths.session, { name, password }));
export const setUp = async (words: { code: string; name: string; full_name: string; password: string }) => take(await post<Session>(paths.setup, words));
export const extend = async () => { toldAt = Date.now(); take(await post<Session>(paths.extend)); };

export async function changePassword(old: string, next: string): Promise<void> {
  await post(paths.password, { old, new: next });
  await refresh();
}

export async function logout(): Promise<void> {
  await remove(paths.session).catch(() => {});
  now = { ...now, standing: "asking" };
  await refresh();
}

export const secondsLeft = () => Math.max(0, Math.round((logoffAt - Date.now()) / 1000));
export const may = (right: Right) => now.session?.user?.rights.includes(right) ?? false;
export const person = (): Person | null => now.session?.user ?? null;

export function useSession(): Now {
  const [shown, setShown] = useState(now);
  useLayoutEffect(() => {
    const update = () => setShown(now);
    watchers.add(update);
    update();
    return () => { watchers.delete(update); };
  }, []);
  return shown;
}

// Somebody at the keyboard who only reads is at work, too.
function alive(): void {
  if (now.standing !== "in" || Date.now() - toldAt < kActivityMs) return;
  if (secondsLeft() <= (now.session?.idle_warn_s ?? 0)) return;  // warned already: now the person says so
  toldAt = Date.now();
  extend().catch(() => {});
}

export function startSession(): void {
  onTraffic(() => { toldAt = Date.now(); logoffAt = Date.now() + idleSeconds * 1000; }, () => { void refresh(); });
  for (const sign of ["keydown", "pointerdown", "wheel"]) addEventListener(sign, alive, { passive: true, capture: true });
  setInterval(() => { if (now.standing === "in" && secondsLeft() === 0) void refresh(); }, 2000);
  setInterval(() => { if (now.standing === "offline") void refresh(); }, 3000);
  void refresh();
}
