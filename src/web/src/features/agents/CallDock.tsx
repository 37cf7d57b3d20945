import { Button, Checkbox, Select, Textarea, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePageTick } from "../../app/clock";
import { formatDuration } from "../../app/format";
import { Failure, Notice } from "../../ui/Notice";
import { CallButtons, ConsultBar } from "./CallButtons";
import { callbackFors, type DeskCall, type OutcomeCode, outcomeCodes } from "./contract";
import { desk, useDesk } from "./desk";
import { canDispose, clockKnown, deskNow } from "./deskState";
import { dateAfter, draftFault, toDisposition } from "./disposition";
import { type Draft, dropDraft } from "./drafts";
import { ForgottenPause } from "./ForgottenPause";
import { Keypad } from "./Keypad";
import { PaymentPanel } from "./PaymentPanel";
import { pausedByHand } from "./pause";
import { setSingleKeys, singleKeysOn, useDigits, useShortcut } from "./shortcuts";
import { suggested } from "./suggestion";

interface Props {
  call: DeskCall;
  draft: Draft;
  onChange: (part: Partial<Draft>) => void;
}

/** Call controls in their fixed order, the outcome by keys 1 to 9, the note, and one button that ends the work on the call. */
export function CallDock({ call, draft, onChange }: Props) {
  const { t } = useTranslation();
  const { desk: state, line } = useDesk();
  const outcomes = useRef<HTMLDivElement>(null);
  const note = useRef<HTMLTextAreaElement>(null);
  const [tried, setTried] = useState(false);
  const snapshot = state.snapshot;
  const now = deskNow(state, performance.now());
  const ended = snapshot !== null && canDispose(snapshot);
  const suggestion = suggested(call);
  const filled = { ...draft, code: draft.code ?? suggestion };
  const fault = draftFault(filled, dateAfter(now, 0));

  const hangUp = useMutation({ mutationFn: () => desk.hangUp(call.attemptId) });
  const extend = useMutation({ mutationFn: () => desk.extendWrapUp() });
  const save = useMutation({
    mutationFn: () => desk.dispose(call.attemptId, toDisposition(filled)),
    onSuccess: () => dropDraft(call.attemptId),
  });
  const trySave = () => {
    setTried(true);
    if (ended && fault === null && !save.isPending) save.mutate();
  };
  const choose = (code: OutcomeCode) => onChange({ code });

  useDigits((digit) => {
    const code = outcomeCodes[digit - 1];
    if (code) choose(code);
  });
  useShortcut("hangUp", () => hangUp.mutate(), call.phase !== "ended");
  useShortcut("mute", () => desk.mute(!line.muted), line.canMute);
  useShortcut("outcome", () => outcomes.current?.querySelector<HTMLButtonElement>("button")?.focus());
  useShortcut("note", () => note.current?.focus());
  useShortcut("save", trySave);

  const dock = useHeightOnPage();
  return (
    <section ref={dock} className="dock panel" aria-label={t("dock.title")}>
      <div className="dock-row">
        <Button
          size="compact-md"
          variant="default"
          disabled={!line.canMute || call.phase === "ended"}
          onClick={() => desk.mute(!line.muted)}
        >
          {t(line.muted ? "dock.unmute" : "dock.mute")}
        </Button>
        <CallButtons call={call} />
        <Keypad disabled={call.phase === "ended"} />
        <Button
          size="compact-md"
          color="red"
          disabled={call.phase === "ended"}
          loading={hangUp.isPending}
          onClick={() => hangUp.mutate()}
        >
          {t("dock.hangUp")}
        </Button>
        <span className="dock-side">
          {snapshot?.state === "WrapUp" ? (
            <WrapUpTime onExtend={() => extend.mutate()} />
          ) : (
            !ended && <span className="sub">{t("dock.saveAfter")}</span>
          )}
          <SingleKeys />
        </span>
      </div>
      {call.controls?.transferred && (
        <Notice kind="info" quiet title={t("dock.transferred")}>
          {t("dock.transferredText")}
        </Notice>
      )}
      {pausedByHand(call) && <ForgottenPause call={call} />}
      {call.phase !== "ended" && <ConsultBar call={call} />}
      {call.controls?.payment && call.phase !== "ended" && <PaymentPanel call={call} />}
      <div className="outcomes" ref={outcomes} role="toolbar" aria-label={t("dock.outcomes")}>
        {outcomeCodes.map((code, index) => (
          <button
            key={code}
            type="button"
            className="outcome"
            aria-pressed={filled.code === code}
            onClick={() => choose(code)}
          >
            {index < 9 && <kbd>{index + 1}</kbd>}
            {t(`outcome.${code}`)}
            {draft.code === null && suggestion === code && <span className="sub">{t("dock.suggested")}</span>}
          </button>
        ))}
      </div>
      <div className="dock-row dock-end">
        {draft.code === "RPC-PTP" && <PromiseFields draft={draft} onChange={onChange} today={dateAfter(now, 0)} />}
        {draft.code === "RPC-CB" && (
          <>
            <TextInput
              size="xs"
              className="dock-field"
              type="datetime-local"
              label={t("dock.callbackAt")}
              value={draft.callbackAt}
              onChange={(event) => onChange({ callbackAt: event.currentTarget.value })}
            />
            <Select
              size="xs"
              className="dock-method"
              label={t("dock.callbackFor")}
              data={callbackFors.map((value) => ({ value, label: t(`callbackFor.${value}`) }))}
              allowDeselect={false}
              value={draft.callbackFor}
              onChange={(value) => onChange({ callbackFor: value === "Anyone" ? "Anyone" : "Mine" })}
            />
          </>
        )}
        <Textarea
          ref={note}
          size="xs"
          className="dock-note"
          label={t("dock.note")}
          placeholder={t("dock.noteText")}
          autosize
          minRows={1}
          maxRows={4}
          maxLength={4000}
          value={draft.note}
          onChange={(event) => onChange({ note: event.currentTarget.value })}
        />
        <Button size="xs" onClick={trySave} loading={save.isPending} disabled={!ended}>
          {t("dock.save")}
        </Button>
      </div>
      {tried && fault && (
        <Notice kind="warn" title={t("dock.cannotSave")}>
          {t(`dock.fault.${fault}`)}
        </Notice>
      )}
      {extend.isError && <Failure error={extend.error} />}
      {hangUp.isError && <Failure error={hangUp.error} />}
      {save.isError && <Failure error={save.error} onRetry={() => save.mutate()} />}
    </section>
  );
}

/** Tells the page how much of its lower edge the dock covers, so that whatever gets the focus is scrolled to where it can be seen. */
function useHeightOnPage() {
  const dock = useRef<HTMLElement>(null);
  useEffect(() => {
    const element = dock.current;
    if (!element) return;
    const page = document.documentElement.style;
    const watch = new ResizeObserver(() => page.setProperty("--dock-height", `${element.offsetHeight}px`));
    watch.observe(element);
    return () => {
      watch.disconnect();
      page.removeProperty("--dock-height");
    };
  }, []);
  return dock;
}

/** What the server leaves of wrap-up: the only part of the dock that changes by itself. */
function WrapUpTime({ onExtend }: { onExtend: () => void }) {
  const { t } = useTranslation();
  const { desk: state, line } = useDesk();
  const tick = usePageTick();
  const until = state.snapshot?.until;
  if (!until || !clockKnown(state, line.simulated)) return null;
  const left = Date.parse(until) - deskNow(state, tick);
  return (
    <span className="wrapup" data-short={left < 10_000 ? true : undefined}>
      {t("dock.wrapUp", { left: formatDuration(left) })}
      {state.snapshot?.canExtend && (
        <Button size="compact-xs" variant="subtle" onClick={onExtend}>
          {t("dock.extend")}
        </Button>
      )}
    </span>
  );
}

function PromiseFields({ draft, onChange, today }: { draft: Draft; onChange: Props["onChange"]; today: string }) {
  const { t } = useTranslation();
  return (
    <>
      <TextInput
        size="xs"
        className="dock-amount"
        label={t("dock.amount")}
        inputMode="decimal"
        value={draft.amount}
        onChange={(event) => onChange({ amount: event.currentTarget.value })}
      />
      <TextInput
        size="xs"
        label={t("dock.dueDate")}
        type="date"
        min={today}
        value={draft.dueDate}
        onChange={(event) => onChange({ dueDate: event.currentTarget.value })}
      />
      <Select
        size="xs"
        className="dock-method"
        label={t("dock.method")}
        data={["Any", "Card", "Ach", "Check"].map((value) => ({ value, label: t(`method.${value}`) }))}
        allowDeselect={false}
        value={draft.method}
        onChange={(method) => onChange({ method: method ?? "Any" })}
      />
    </>
  );
}

function SingleKeys() {
  const { t } = useTranslation();
  const [on, setOn] = useState(singleKeysOn);
  return (
    <Checkbox
      className="single-keys"
      size="xs"
      label={t("dock.singleKeys")}
      checked={on}
      onChange={(event) => {
        setSingleKeys(event.currentTarget.checked);
        setOn(event.currentTarget.checked);
      }}
    />
  );
}
