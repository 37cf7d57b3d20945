import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Failure } from "../../ui/Notice";
import { desk, useDesk } from "./desk";
import { RefusedDial, useDial } from "./RefusedDial";

/** For an agent at work: calls the account by hand, through the same gate as every call. The screen of the call comes by itself. */
export function DialAccount({ accountId }: { accountId: string }) {
  const { t } = useTranslation();
  const { desk: state } = useDesk();
  const { dial, refused } = useDial(accountId, () => desk.dial(accountId));
  if (state.phase !== "working") return null;
  const free = state.snapshot?.state === "Available";
  return (
    <section className="stack" aria-label={t("work.byHand")}>
      <div>
        <Button size="compact-md" loading={dial.isPending} disabled={!free} onClick={() => dial.mutate()}>
          {t("work.dial")}
        </Button>{" "}
        {!free && <span className="sub">{t("work.beAvailable")}</span>}
      </div>
      {refused && <RefusedDial refused={refused} />}
      {dial.isError && !refused && <Failure error={dial.error} />}
    </section>
  );
}
