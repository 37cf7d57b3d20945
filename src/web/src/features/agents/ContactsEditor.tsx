import { Button, Select, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatDateTime } from "../../app/format";
import { ask } from "../../app/http";
import { codeText } from "../../app/i18n";
import { Failure, Notice } from "../../ui/Notice";
import { InconvenientEditor } from "./InconvenientEditor";
import { contactsQuery, type Phone } from "./recordContract";

/** Numbers, consents and times as the person states them now. Each change holds from the next dial on, and what was before stays on record. */
export function ContactsEditor({ accountId }: { accountId: string }) {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const contacts = useQuery(contactsQuery(accountId));
  const change = useMutation({
    mutationFn: ({ path, method, body }: { path: string; method: "POST" | "PUT"; body: object }) =>
      ask(path, { method, body }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["accounts", accountId] }),
  });
  if (contacts.isError) return <Failure error={contacts.error} onRetry={() => void contacts.refetch()} />;
  if (!contacts.data) return null;
  const { phones, email, history, personId } = contacts.data;
  const consent = (phone: Phone | undefined, channel: "Voice" | "Sms" | "Email", kind: "Granted" | "Revoked") =>
    change.mutate({
      path: "/api/v1/compliance/consents",
      method: "POST",
      body: { phoneId: Number(phone?.phoneId), channel, kind, scope: "All", source: "agent" },
    });
  return (
    <div className="contacts">
      {change.isError && <Failure error={change.error} />}
      {change.isSuccess && (
        <Notice kind="good" title={t("contacts.saved")}>
          {t("contacts.savedText")}
        </Notice>
      )}
      <table className="contacts-table">
        <thead>
          <tr>
            <th scope="col">{t("contacts.number")}</th>
            <th scope="col">{t("contacts.calls")}</th>
            <th scope="col">{t("contacts.texts")}</th>
            <th scope="col">{t("contacts.mark")}</th>
          </tr>
        </thead>
        <tbody>
          {phones.map((phone) => (
            <tr key={phone.phoneId} data-status={phone.status}>
              <th scope="row">
                {phone.e164}
                <span className="sub">
                  {" "}
                  {codeText(t, "place", phone.place)} · {codeText(t, "lineType", phone.lineType)}
                </span>
              </th>
              <td>
                <ConsentButton
                  name={t("contacts.calls")}
                  number={phone.e164}
                  now={phone.voice}
                  onChange={(kind) => consent(phone, "Voice", kind)}
                />
              </td>
              <td>
                <ConsentButton
                  name={t("contacts.texts")}
                  number={phone.e164}
                  now={phone.sms}
                  onChange={(kind) => consent(phone, "Sms", kind)}
                />
              </td>
              <td>
                <Select
                  size="xs"
                  aria-label={t("contacts.markNumber", { number: phone.e164 })}
                  data={["Active", "WrongNumber", "Disconnected", "Suppressed"].map((value) => ({
                    value,
                    label: codeText(t, "phoneStatus", value),
                  }))}
                  value={phone.status}
                  allowDeselect={false}
                  onChange={(status) =>
                    status &&
                    change.mutate({ path: `/api/v1/phones/${phone.phoneId}/status`, method: "PUT", body: { status } })
                  }
                />
              </td>
            </tr>
          ))}
          {email.known && phones[0] && (
            <tr>
              <th scope="row">{t("contacts.email")}</th>
              <td colSpan={3}>
                <ConsentButton
                  name={t("contacts.emails")}
                  number=""
                  now={email.consent}
                  onChange={(kind) => consent(phones[0], "Email", kind)}
                />
              </td>
            </tr>
          )}
        </tbody>
      </table>
      <AddNumber
        busy={change.isPending}
        onAdd={(number, place) =>
          change.mutate({ path: `/api/v1/accounts/${accountId}/phones`, method: "POST", body: { number, place } })
        }
      />
      <InconvenientEditor
        contacts={contacts.data}
        busy={change.isPending}
        onChange={(path, method, body) =>
          change.mutate({ path: `/api/v1/compliance/persons/${personId}/${path}`, method, body })
        }
      />
      {history.length > 0 && (
        <details>
          <summary>{t("contacts.history", { count: history.length })}</summary>
          <ol className="contacts-history">
            {history.map((event) => (
              <li key={`${event.at}${event.what}${event.last4}`}>
                <time dateTime={event.at}>{formatDateTime(event.at, i18n.language)}</time> •••{event.last4}{" "}
                {codeText(t, "contacts.what", event.what)} <span className="sub">{event.recordedBy}</span>
              </li>
            ))}
          </ol>
        </details>
      )}
    </div>
  );
}

/** The newest word, and one press to write down the other one. */
function ConsentButton(props: {
  name: string;
  number: string;
  now: string | null | undefined;
  onChange: (kind: "Granted" | "Revoked") => void;
}) {
  const { t } = useTranslation();
  const revoked = props.now === "Revoked";
  const next = revoked ? "Granted" : "Revoked";
  return (
    <span className="consent" data-kind={props.now ?? "None"}>
      {codeText(t, "consent", props.now ?? "None")}{" "}
      <Button
        size="compact-xs"
        variant="default"
        aria-label={t(`contacts.set.${next}`, { what: props.name, number: props.number })}
        onClick={() => props.onChange(next)}
      >
        {t(`contacts.do.${next}`)}
      </Button>
      {!props.now && (
        <Button
          size="compact-xs"
          variant="default"
          aria-label={t("contacts.set.Granted", { what: props.name, number: props.number })}
          onClick={() => props.onChange("Granted")}
        >
          {t("contacts.do.Granted")}
        </Button>
      )}
    </span>
  );
}

function AddNumber({ busy, onAdd }: { busy: boolean; onAdd: (number: string, place: string) => void }) {
  const { t } = useTranslation();
  const [number, setNumber] = useState("");
  const [place, setPlace] = useState("Personal");
  return (
    <form
      className="contacts-row"
      onSubmit={(event) => {
        event.preventDefault();
        onAdd(number, place);
        setNumber("");
      }}
    >
      <TextInput
        size="xs"
        type="tel"
        label={t("contacts.newNumber")}
        placeholder="(312) 555-0142"
        value={number}
        onChange={(event) => setNumber(event.currentTarget.value)}
      />
      <Select
        size="xs"
        label={t("contacts.place")}
        data={["Personal", "Home", "Work", "ThirdParty"].map((value) => ({
          value,
          label: codeText(t, "place", value),
        }))}
        value={place}
        allowDeselect={false}
        onChange={(value) => setPlace(value ?? "Personal")}
      />
      <Button size="xs" type="submit" variant="default" loading={busy} disabled={number.trim() === ""}>
        {t("contacts.add")}
      </Button>
    </form>
  );
}
