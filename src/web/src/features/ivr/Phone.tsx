import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Preview } from "./contract";

const pad = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

/** A telephone: what was heard, newest last, and the keys. A key alone is pressed at once; numbers are typed and sent with Enter. */
export function Phone(props: {
  preview: Preview;
  busy: boolean;
  onKeys: (keys: string) => void;
  onRestart: () => void;
}) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const log = useRef<HTMLOListElement>(null);
  const { preview } = props;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new turn is what moves the list to its end.
  useEffect(() => {
    log.current?.scrollTo({ top: log.current.scrollHeight });
  }, [preview.turns.length]);

  const send = (event: FormEvent) => {
    event.preventDefault();
    props.onKeys(typed);
    setTyped("");
  };

  return (
    <div className="phone">
      <p className="phone-hint">{preview.hint}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <ol className="phone-log" ref={log} aria-live="polite" aria-label={t("ivr.heard")} tabIndex={0}>
        {preview.turns.map((turn, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: turns are only ever added at the end.
          <li key={index}>
            {turn.keys !== null && turn.keys !== undefined && (
              <p className="phone-pressed">
                {turn.keys === "" ? t("ivr.silence") : t("ivr.pressed", { keys: turn.keys })}
              </p>
            )}
            {turn.lines.map((line, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a turn never changes.
              <p key={at} className={line.startsWith("[") ? "phone-beside" : undefined}>
                {line}
              </p>
            ))}
          </li>
        ))}
      </ol>
      {preview.ended ? (
        <Button onClick={props.onRestart}>{t("ivr.again")}</Button>
      ) : preview.isPaying ? (
        <fieldset className="phone-ends">
          <legend>{t("ivr.sessionEnds")}</legend>
          {(["ok", "declined", "cancelled", "unknown"] as const).map((end) => (
            <Button
              key={end}
              size="compact-md"
              variant="default"
              disabled={props.busy}
              onClick={() => props.onKeys(end)}
            >
              {t(`ivr.end.${end}`)}
            </Button>
          ))}
        </fieldset>
      ) : (
        <>
          <fieldset className="phone-pad">
            <legend className="visually-hidden">{t("ivr.keys")}</legend>
            {pad.map((key) => (
              <Button
                key={key}
                variant="default"
                disabled={props.busy}
                aria-label={t("ivr.press", { key })}
                onClick={() => props.onKeys(key)}
              >
                {key}
              </Button>
            ))}
          </fieldset>
          <form className="phone-entry" onSubmit={send}>
            <TextInput
              aria-label={t("ivr.number")}
              placeholder={t("ivr.numberHint")}
              value={typed}
              maxLength={32}
              inputMode="numeric"
              onChange={(event) => setTyped(event.currentTarget.value.replace(/[^0-9*#]/g, ""))}
            />
            <Button type="submit" variant="default" disabled={props.busy}>
              {typed === "" ? t("ivr.waitSilently") : t("ivr.send")}
            </Button>
          </form>
        </>
      )}
    </div>
  );
}
