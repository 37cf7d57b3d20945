import { Modal, TextInput, UnstyledButton } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { setLanguage } from "../../app/i18n";
import { desk, useDesk } from "./desk";
import { breakReasons } from "./StateBar";
import { labelOf, possibleShortcuts, runShortcut } from "./shortcuts";

interface Command {
  key: string;
  label: string;
  /** The keys that do the same. */
  keys?: string;
  run: () => void;
}

/** Ctrl+K: everything the desk can do now, by its name. What is not possible now is not offered. */
export function CommandPalette() {
  const { t, i18n } = useTranslation();
  const [, go] = useLocation();
  const { desk: state } = useDesk();
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const [moves, setMoves] = useState(false);
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.code !== "KeyK" || event.shiftKey || event.altKey) return;
      event.preventDefault();
      setText("");
      setAt(0);
      setMoves(false);
      setOpen((before) => !before);
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
  const { snapshot } = state;
  const commands: Command[] = [
    ...(snapshot && (snapshot.state !== "Available" || snapshot.intent)
      ? [{ key: "available", label: t("desk.available"), run: () => void desk.request("Available") }]
      : []),
    ...(snapshot
      ? [
          ...breakReasons.map((reason) => ({
            key: `break${reason}`,
            label: `${t("desk.break")}: ${t(`breakReason.${reason}`)}`,
            run: () => void desk.request("Break", reason),
          })),
          { key: "off", label: t("desk.off"), run: () => void desk.request("Offline") },
        ]
      : []),
    ...(open ? possibleShortcuts() : []).map((name) => ({
      key: name,
      label: t(`shortcut.${name}`),
      keys: labelOf(name),
      run: () => {
        // Many of these go somewhere on the page: the focus is not taken back from there.
        setMoves(true);
        setTimeout(() => runShortcut(name), 30);
      },
    })),
    ...(snapshot?.canExtend ? [{ key: "extend", label: t("dock.extend"), run: () => void desk.extendWrapUp() }] : []),
    {
      key: "accounts",
      label: t("palette.search"),
      run: () => go(text ? `/accounts?q=${encodeURIComponent(text)}` : "/accounts"),
    },
    { key: "language", label: t("palette.language"), run: () => setLanguage(i18n.language === "en" ? "es" : "en") },
  ];
  const words = text.toLocaleLowerCase();
  const found = commands.filter((each) => each.key === "accounts" || each.label.toLocaleLowerCase().includes(words));
  const chosen = Math.min(at, found.length - 1);
  const run = (command: Command | undefined) => {
    setOpen(false);
    command?.run();
  };
  return (
    <Modal.Root opened={open} onClose={() => setOpen(false)} returnFocus={!moves} lockScroll={false}>
      <Modal.Overlay />
      {/* A title would bring a header of its own, which is a second banner to assistive technology. */}
      <Modal.Content aria-label={t("palette.title")}>
        <Modal.Body>
          <TextInput
            data-autofocus
            role="combobox"
            aria-expanded
            aria-controls="palette-list"
            aria-activedescendant={found[chosen] ? `palette-${found[chosen].key}` : undefined}
            aria-label={t("palette.title")}
            placeholder={t("palette.placeholder")}
            value={text}
            onChange={(event) => {
              setText(event.currentTarget.value);
              setAt(0);
            }}
            onKeyDown={(event) => {
              if (event.key === "ArrowDown") setAt(Math.min(found.length - 1, chosen + 1));
              else if (event.key === "ArrowUp") setAt(Math.max(0, chosen - 1));
              else if (event.key === "Enter") run(found[chosen]);
              else return;
              event.preventDefault();
            }}
          />
          <div id="palette-list" role="listbox" aria-label={t("palette.title")} className="palette">
            {found.map((each, index) => (
              <UnstyledButton
                key={each.key}
                id={`palette-${each.key}`}
                role="option"
                aria-selected={index === chosen}
                tabIndex={-1}
                onClick={() => run(each)}
              >
                {each.label}
                {each.keys && <kbd>{each.keys}</kbd>}
              </UnstyledButton>
            ))}
          </div>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
