import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

/** For what cannot be taken back: the first press asks, the second does it; looking away forgets the question. */
export function SureButton(props: { text: string; of: string; busy?: boolean; onSure: () => void }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState(false);
  return (
    <Button
      size="compact-xs"
      variant={asked ? "filled" : "default"}
      color={asked ? "red" : undefined}
      loading={props.busy}
      aria-label={asked ? t("common.reallyOf", { text: props.text, of: props.of }) : `${props.text}: ${props.of}`}
      onBlur={() => setAsked(false)}
      onClick={() => {
        if (asked) props.onSure();
        setAsked(!asked);
      }}
    >
      {asked ? t("common.really", { text: props.text }) : props.text}
    </Button>
  );
}
