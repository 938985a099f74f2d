import { memo, useState } from "react";
import { size } from "../../format";
import { TEST_ID } from "../../test-hooks";
import type { Anatomy, Part } from "../../wire/anatomy";
import type { Fate, WireEntry } from "../../wire/record";

const FATES: Record<Fate, string | null> = {
  arrived: null,
  lost: "Lost",
  late: "Late",
  overtaken: "Overtaken",
};

/** What says most of a frame, before ids and times. */
const TELLING = ["title", "name", "completed", "operation", "entity_type", "error", "message"];
/** Of those the value alone says what it is. */
const SPEAKING = new Set(["operation", "entity_type"]);
const TOLD = 3;
const TOLD_CHARACTERS = 48;
const SEALED_CHARACTERS = 18;

/** One frame, request or answer; what is in it is unfolded by a click. */
export const WireRow = memo(function WireRow({ entry, both }: { entry: WireEntry; both: boolean }) {
  const { device, direction, what, bytes, anatomy, fate, at } = entry;
  const [open, setOpen] = useState(false);
  const [from, to] = direction === "up" ? ["to the server", "↑"] : ["from the server", "↓"];
  return (
    <li className="wire-entry" data-testid={TEST_ID.wireEntry} data-device={device} data-direction={direction} data-fate={fate}>
      <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <time className="wire-time" dateTime={new Date(at).toISOString()}>
            {precise.format(at)}
          </time>
          <span className="wire-way" title={from}>
            {both && <span className="device-sign">{device.toUpperCase()}</span>}
            <span aria-hidden="true">{to}</span>
            <span className="unseen">{from}</span>
          </span>
          <span className="wire-what">{what}</span>
          <span className="wire-size">{size(bytes)}</span>
          <span className="wire-preview">
            {FATES[fate] !== null && <span className="tag warning">{FATES[fate]}</span>}
            {anatomy && <Preview anatomy={anatomy} />}
          </span>
        </summary>
        {open && <Parts anatomy={anatomy} />}
      </details>
    </li>
  );
});

function Preview({ anatomy: { parts, sealedBytes } }: { anatomy: Anatomy }) {
  const sealed = parts.find(({ visibility }) => visibility === "sealed");
  const readable = parts.filter(({ visibility, path }) => visibility === "readable" && !/(^|\.)type$/.test(path));
  // Of many changes in one answer the first tells what they are like.
  const named = new Map(readable.toReversed().map((part) => [nameOf(part), part]));
  const told = TELLING.flatMap((name) => named.get(name) ?? []).slice(0, TOLD);
  return (
    <>
      {(told.length > 0 ? told : readable.slice(0, 2)).map((part) => (
        <span key={part.path} className="wire-told">
          {!SPEAKING.has(nameOf(part)) && `${nameOf(part)} `}
          <code>{part.text.slice(0, TOLD_CHARACTERS)}</code>
        </span>
      ))}
      {sealed && (
        <span className="wire-told wire-sealed">
          <span className="sealed">…{sealed.text.slice(-SEALED_CHARACTERS)}</span> {size(sealedBytes)} sealed
        </span>
      )}
    </>
  );
}

function Parts({ anatomy }: { anatomy: Anatomy | null }) {
  if (!anatomy) return <p className="quiet">Nothing in it, or more than is taken apart here.</p>;
  const { parts, count } = anatomy;
  return (
    <>
      <dl className="wire-parts">
        {parts.map((part) => (
          <div key={part.path} data-visibility={part.visibility}>
            <dt>
              <code>{part.path || "all of it"}</code>
            </dt>
            <dd>
              <Value part={part} />
            </dd>
          </div>
        ))}
      </dl>
      {count > parts.length && <p className="quiet">And {count - parts.length} more.</p>}
    </>
  );
}

function Value({ part: { visibility, text, bytes } }: { part: Part }) {
  switch (visibility) {
    case "readable":
      return <code>{text}</code>;
    case "credential":
      return <span className="quiet">a credential, not shown here</span>;
    case "sealed":
      return (
        <>
          <code className="sealed">{text}</code> <span className="quiet">sealed, {size(bytes)}</span>
        </>
      );
  }
}

const nameOf = ({ path }: Part) => path.split(".").at(-1) ?? path;
const precise = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 });
