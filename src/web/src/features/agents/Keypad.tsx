import { Button, Popover } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { desk } from "./desk";
import { useShortcutButton } from "./shortcuts";

const keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

/** Tones into the call, as when a switchboard asks for an extension. */
export function Keypad({ disabled }: { disabled: boolean }) {
  const { t } = useTranslation();
  const button = useShortcutButton("keypad");
  return (
    <Popover position="top-start" trapFocus>
      <Popover.Target>
        <Button ref={button} size="compact-md" variant="default" disabled={disabled}>
          {t("dock.keypad")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("dock.keypad")}>
        <div className="keypad">
          {keys.map((key) => (
            <Button key={key} variant="default" onClick={() => desk.sendDigits(key)}>
              {key}
            </Button>
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
