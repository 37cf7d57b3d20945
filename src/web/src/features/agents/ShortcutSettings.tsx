import { Button, Kbd } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { labelOf, remap, resetShortcuts, type ShortcutName, shortcutNames } from "./shortcuts";

/** The keys, and a way to change each: press the new combination, Escape to leave it. */
export function ShortcutSettings() {
  const { t } = useTranslation();
  const [waiting, setWaiting] = useState<ShortcutName | null>(null);
  const [taken, setTaken] = useState(false);
  useEffect(() => {
    if (!waiting) return;
    const listen = (event: KeyboardEvent) => {
      if (["Control", "Alt", "Shift", "Meta"].includes(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
      const done = event.key === "Escape" || remap(waiting, event);
      setTaken(!done);
      if (done) setWaiting(null);
    };
    window.addEventListener("keydown", listen, true);
    return () => window.removeEventListener("keydown", listen, true);
  }, [waiting]);
  return (
    <>
      <dl className="keys">
        {shortcutNames.map((name) => (
          <div key={name}>
            <dt>
              <Button
                size="compact-sm"
                variant="default"
                aria-label={t("shortcut.change", { action: t(`shortcut.${name}`), keys: labelOf(name) })}
                onClick={() => setWaiting(name)}
              >
                {waiting === name ? t("shortcut.press") : labelOf(name)}
              </Button>
            </dt>
            <dd>{t(`shortcut.${name}`)}</dd>
          </div>
        ))}
        <div>
          <dt>
            <Kbd>1</Kbd>–<Kbd>9</Kbd>
          </dt>
          <dd>{t("shortcut.digits")}</dd>
        </div>
        <div>
          <dt>
            <Kbd>Ctrl+K</Kbd>
          </dt>
          <dd>{t("shortcut.palette")}</dd>
        </div>
      </dl>
      {taken && <p role="alert">{t("shortcut.taken")}</p>}
      <Button
        size="compact-sm"
        variant="subtle"
        onClick={() => {
          resetShortcuts();
          setWaiting(null);
          setTaken(false);
        }}
      >
        {t("shortcut.reset")}
      </Button>
    </>
  );
}
