import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { usePageTick } from "../../app/clock";
import { formatDuration } from "../../app/format";
import { Failure, Notice } from "../../ui/Notice";
import type { DeskCall } from "./contract";
import { desk } from "./desk";
import { forgottenAfterMs } from "./pause";

/** Shown from when a pause of the agent's own has lasted too long to be meant; begins to count when it is put on the page. */
export function ForgottenPause({ call }: { call: DeskCall }) {
  const { t } = useTranslation();
  const tick = usePageTick();
  const [since] = useState(() => performance.now());
  const resume = useMutation({ mutationFn: () => desk.record(call.attemptId, "Resume") });
  const lasted = tick - since;
  if (lasted < forgottenAfterMs) return null;
  return (
    <>
      <Notice
        kind="warn"
        quiet
        title={t("dock.pauseForgotten", { time: formatDuration(lasted) })}
        side={
          <Button size="compact-sm" loading={resume.isPending} onClick={() => resume.mutate()}>
            {t("dock.resumeRecording")}
          </Button>
        }
      >
        {t("dock.pauseForgottenText")}
      </Notice>
      {resume.isError && <Failure error={resume.error} />}
    </>
  );
}
