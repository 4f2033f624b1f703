// Files on their way to the server, in pieces: a line that breaks costs the piece it broke in. What was sent is forgotten again when
// somebody stops it; nothing is taken in before it is handed over as a whole.
import { Problem, get, paths, post, put, remove } from "../api";

export interface Sending { sent: number; of: number }

interface Upload { id: string; piece_bytes: number }

const kTries = 6, kAgainMs = 1000;

// The upload's id.
export async function send(files: File[], told: (now: Sending) => void, signal: AbortSignal): Promise<string> {
  const of = files.reduce((sum, file) => sum + file.size, 0);
  const upload = await post<Upload>(paths.uploads);
  let before = 0;
  try {
    for (const [name, file] of named(files)) {
      await sendOne(upload, name, file, (bytes) => told({ sent: before + bytes, of }), signal);
      before += file.size;
    }
  } catch (error) {
    remove(paths.upload(upload.id)).catch(() => {});  // an upload that nobody goes on with ends by itself as well
    throw error;
  }
  return upload.id;
}

async function sendOne(upload: Upload, name: string, file: File, told: (bytes: number) => void, signal: AbortSignal): Promise<void> {
  let at = 0, tries = 0;
  do {
    try {
      ({ bytes: at } = await put<{ bytes: number }>(paths.piece(upload.id, name, at), file.slice(at, at + upload.piece_bytes), { signal }));
      tries = 0;
      told(at);
    } catch (error) {
      if (signal.aborted || !passing(error) || ++tries === kTries) throw error;
      await new Promise((over) => setTimeout(over, kAgainMs * tries));
      at = await came(upload.id, name).catch(() => at);
    }
  } while (at < file.size);
}

const passing = (error: unknown) => error instanceof Problem && (error.retry || [0, 429, 503].includes(error.status));

async function came(id: string, name: string): Promise<number> {
  const { files } = await get<{ files: { name: string; bytes: number }[] }>(paths.upload(id));
  return files.find((one) => one.name === name)?.bytes ?? 0;
}

// Two files of one name, from two folders, are told apart.
function named(files: File[]): [string, File][] {
  const taken = new Set<string>();
  return files.map((file) => {
    let name = file.name;
    for (let again = 2; taken.has(name); again += 1) name = `${again}-${file.name}`;
    taken.add(name);
    return [name, file];
  });
}

// What was dropped, folders included, in the order of their names; hidden files are not meant.
export async function filesOf(dropped: DataTransfer): Promise<File[]> {
  const entries = [...dropped.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const found = (await Promise.all(entries.map(within))).flat();
  return sorted(entries.length > 0 ? found : [...dropped.files]);
}

export const sorted = (files: File[]) => files.filter((file) => !file.name.startsWith(".")).sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));

async function within(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile) return [await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))];
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const all: File[] = [];
  for (;;) {  // a reader answers some at a time
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    for (const one of some) all.push(...(await within(one)));
  }
}
