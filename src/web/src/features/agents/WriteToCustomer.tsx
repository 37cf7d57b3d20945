import { Button, SegmentedControl, Select } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatDateTime } from "../../app/format";
import { codeText } from "../../app/i18n";
import { Failure, Notice } from "../../ui/Notice";
import { noticesQuery, previewNotice, sendNotice, type Way } from "./recordContract";

/** A letter or an e-mail from a template: the words are seen before they leave, and a way that is closed says why. */
export function WriteToCustomer({ accountId, attemptId }: { accountId: string; attemptId: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const choices = useQuery(noticesQuery(accountId));
  const [kind, setKind] = useState("BalanceStatement");
  const [channel, setChannel] = useState<Way["channel"]>("Letter");
  const preview = useQuery({
    queryKey: ["accounts", accountId, "notices", kind, channel],
    queryFn: () => previewNotice(accountId, kind, channel),
    enabled: choices.data?.kinds.includes(kind) ?? false,
  });
  const send = useMutation({
    mutationFn: () => sendNotice(accountId, kind, channel, attemptId),
    onSuccess: () => client.invalidateQueries({ queryKey: ["accounts", accountId] }),
  });
  const sent = send.isSuccess ? send.data : null;
  if (choices.isError) return <Failure error={choices.error} onRetry={() => void choices.refetch()} />;
  const way = preview.data?.way ?? choices.data?.ways.find((each) => each.channel === channel);
  return (
    <div className="write">
      <div className="contacts-row">
        <Select
          size="xs"
          label={t("write.what")}
          data={(choices.data?.kinds ?? []).map((value) => ({ value, label: codeText(t, "notice", value) }))}
          value={kind}
          allowDeselect={false}
          onChange={(value) => {
            setKind(value ?? "BalanceStatement");
            send.reset();
          }}
        />
        <SegmentedControl
          size="xs"
          aria-label={t("write.how")}
          data={(["Letter", "Email"] as const).map((value) => ({ value, label: t(`write.channel.${value}`) }))}
          value={channel}
          onChange={(value) => {
            setChannel(value === "Email" ? "Email" : "Letter");
            send.reset();
          }}
        />
        <Button
          size="xs"
          loading={send.isPending}
          disabled={!way?.allowed || !preview.data || sent !== null}
          onClick={() => send.mutate()}
        >
          {t("write.send")}
        </Button>
      </div>
      {way && !way.allowed && <Refused way={way} />}
      {send.isError && <Failure error={send.error} />}
      {sent && (
        <Notice kind="good" title={t("write.queued")}>
          {t("write.queuedText")}
        </Notice>
      )}
      {preview.isError && <Failure error={preview.error} />}
      {preview.data && (
        <article className="letter" aria-label={t("write.preview")}>
          {way && way.to !== "" && <p className="sub">{t("write.to", { to: way.to })}</p>}
          <strong>{preview.data.subject}</strong>
          <p className="letter-body">{preview.data.body}</p>
        </article>
      )}
    </div>
  );
}

function Refused({ way }: { way: Way }) {
  const { t, i18n } = useTranslation();
  return (
    <Notice kind="warn" title={t("write.refused")}>
      <ul>
        {way.reasons.map((reason) => (
          <li key={reason.code}>
            {codeText(t, "denial", reason.code)} <span className="sub">{reason.citation}</span>
          </li>
        ))}
      </ul>
      {way.retryAt && t("write.retryAt", { at: formatDateTime(way.retryAt, i18n.language) })}
    </Notice>
  );
}
