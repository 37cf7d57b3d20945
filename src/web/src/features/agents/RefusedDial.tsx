import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ApiProblem, ask } from "../../app/http";
import { codeText } from "../../app/i18n";
import { Notice } from "../../ui/Notice";
import { type DialPreview, dialPreviewSchema } from "./contract";

/** Dials, and when that is refused asks which rules object and from when they would not. */
export function useDial(accountId: string | null, make: () => Promise<void>) {
  const preview = useMutation({
    mutationFn: () => ask(`/api/v1/agent/dial/${accountId}`, { schema: dialPreviewSchema }),
  });
  const dial = useMutation({
    mutationFn: make,
    onError: (error) => {
      if (error instanceof ApiProblem && error.reasons.length > 0) preview.mutate();
    },
  });
  const refused = dial.isError && preview.data && !preview.data.allowed ? preview.data : null;
  return { dial, refused };
}

export function RefusedDial({ refused }: { refused: DialPreview }) {
  const { t, i18n } = useTranslation();
  return (
    <Notice kind="warn" title={t("work.notNow")}>
      {refused.reasons.map((code) => codeText(t, "denial", code)).join(" · ")}
      {refused.retryAt &&
        ` ${t("work.retryAt", { at: new Intl.DateTimeFormat(i18n.language, { dateStyle: "short", timeStyle: "short" }).format(Date.parse(refused.retryAt)) })}`}
    </Notice>
  );
}
