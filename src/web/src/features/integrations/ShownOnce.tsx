import { Button, CopyButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Notice } from "../../ui/Notice";

/** A secret that can be read now and never again. */
export function ShownOnce({ title, value }: { title: string; value: string }) {
  const { t } = useTranslation();
  return (
    <Notice
      kind="warn"
      title={title}
      side={
        <CopyButton value={value}>
          {({ copied, copy }) => (
            <Button size="compact-xs" variant="default" onClick={copy}>
              {t(copied ? "outside.copied" : "outside.copy")}
            </Button>
          )}
        </CopyButton>
      }
    >
      <code className="secret">{value}</code> {t("outside.once")}
    </Notice>
  );
}
