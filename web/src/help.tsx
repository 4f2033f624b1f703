// `?`: the keys of the screen below, and nothing else.
import { useContext } from "preact/hooks";
import { Dialog } from "./dialog";
import { Layer, keysOfLayer, useKeys } from "./keys";
import { Key } from "./parts";

export function Help({ close }: { close: () => void }) {
  const below = useContext(Layer);
  const groups = new Map<string, Map<string, string>>();
  for (const action of keysOfLayer(below)) {
    if (!action.group) continue;
    const group = groups.get(action.group) ?? new Map<string, string>();
    groups.set(action.group, group.set(action.keys, action.label));
  }
  return (
    <Dialog title="Keys on this screen" close={close} class="help">
      <CloseOnAsk close={close} />
      <div class="columns">
        {[...groups].map(([name, keys]) => (
          <section key={name}>
            <h3>{name}</h3>
            <dl>{[...keys].map(([key, label]) => <div key={key}><dt>{(key === " " ? ["Space"] : key.split(" ")).map((part) => <Key key={part} of={part} />)}</dt><dd>{label}</dd></div>)}</dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

function CloseOnAsk({ close }: { close: () => void }) {
  useKeys([{ keys: "?", label: "Close", run: close }]);
  return null;
}
