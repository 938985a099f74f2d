import { useEffect, useEffectEvent, useRef, useState } from "react";
import sampleAddress from "../../../bookmarks/bookmarks-2000.html?url";
import { count, counted } from "../format";
import type { BookmarkFile } from "../import/netscape";
import { planImport, type PlannedChange } from "../import/plan";
import { readFile } from "../import/read-file";
import { runImport, type ImportResult } from "../import/run";
import { lastOrder } from "../tree";
import { Dialog } from "./dialog";
import { useSession, useShown } from "./hooks";
import { ChooseStep, DoneStep, ReviewStep, RunningStep } from "./import-steps";

type Step =
  | { name: "choose"; trouble: string | null }
  | { name: "review"; file: BookmarkFile }
  | { name: "running"; stored: number; total: number }
  | { name: "done"; result: ImportResult };

/** Reads a bookmark file, shows what is in it, and imports it once that is confirmed. `dropped` was dropped on the page. */
export function ImportDialog({ dropped, onClose }: { dropped: File | null; onClose: () => void }) {
  const { manager, notices } = useSession();
  const bookmarks = useShown("bookmarks");
  const folders = useShown("folders");
  const [step, setStep] = useState<Step>({ name: "choose", trouble: null });
  const stopping = useRef(new AbortController());
  const closed = useRef(false);

  // Whoever closes the dialog stops the import; what is stored by then stays.
  useEffect(
    () => () => {
      closed.current = true;
      stopping.current.abort();
    },
    [],
  );

  // A file that is dropped during an import has to be dropped again after it.
  const take = useEffectEvent((file: File) => {
    if (step.name !== "running") void read(file);
  });
  useEffect(() => {
    if (dropped) take(dropped);
  }, [dropped]);

  async function read(blob: Blob) {
    const result = await readFile(blob);
    setStep("file" in result ? { name: "review", file: result.file } : { name: "choose", trouble: result.refused });
  }

  async function readSample() {
    try {
      const response = await fetch(sampleAddress);
      if (!response.ok) throw new Error(`status ${response.status}`);
      await read(await response.blob());
    } catch {
      setStep({ name: "choose", trouble: "The sample could not be fetched. Check the connection and try again." });
    }
  }

  async function run(changes: readonly PlannedChange[]) {
    stopping.current = new AbortController();
    const onProgress = (stored: number) => setStep({ name: "running", stored, total: changes.length });
    onProgress(0);
    const result = await runImport(manager, changes, stopping.current.signal, onProgress);
    if (!closed.current) setStep({ name: "done", result });
    else if (result.left.length > 0) {
      notices.trouble(`The import was stopped: ${count(result.stored)} of ${counted(changes.length, "entry", "entries")} are stored.`);
    }
  }

  return (
    <Dialog title="Import bookmarks" onClose={onClose}>
      {step.name === "choose" && <ChooseStep trouble={step.trouble} onFile={read} onSample={readSample} />}
      {step.name === "review" && (
        <ReviewStep
          file={step.file}
          besides={bookmarks.length > 0 ? counted(bookmarks.length, "bookmark") : null}
          onImport={() => run(planImport(step.file, Math.max(lastOrder(bookmarks), lastOrder(folders)) + 1))}
          onOther={() => setStep({ name: "choose", trouble: null })}
        />
      )}
      {step.name === "running" && <RunningStep stored={step.stored} total={step.total} onStop={() => stopping.current.abort()} />}
      {step.name === "done" && <DoneStep result={step.result} onAgain={() => run(step.result.left)} onClose={onClose} />}
    </Dialog>
  );
}
