import { Button, NumberInput, Select, Switch, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type SyntheticEvent, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { formatCents, formatDateTime } from "../../app/format";
import { type Column, DataTable } from "../../ui/DataTable";
import { Empty, Failure, Notice } from "../../ui/Notice";
import { Panel } from "../../ui/Panel";
import { usePageTitle } from "../../ui/usePageTitle";
import { may, type User } from "../access/session";
import { clientsQuery } from "../imports/contract";
import {
  type Held,
  identifiers,
  type Limits,
  type LimitsAnswer,
  limitsKey,
  limitsOf,
  limitsQuery,
  setLimits,
} from "./limits";
import "./ivr.css";

/** What a client's callers are asked to prove who they are, and what they may agree to by machine: in force from the next step of every call. */
export function LimitsPage({ user }: { user: User }) {
  const { t } = useTranslation();
  usePageTitle(t("limits.title"));
  const clients = useQuery(clientsQuery);
  const [chosen, setChosen] = useState<string | null>(null);
  const client = chosen ?? clients.data?.[0]?.code ?? "";
  const limits = useQuery(limitsQuery(client));
  return (
    <div className="stack">
      <div className="page-head">
        <h1>{t("limits.title")}</h1>
        <div className="ivr-choices">
          <Select
            size="xs"
            label={t("limits.client")}
            data={(clients.data ?? []).map((each) => ({ value: each.code, label: each.name }))}
            allowDeselect={false}
            value={client || null}
            onChange={setChosen}
          />
          <Link to="/ivr">{t("shell.ivr")}</Link>
        </div>
      </div>
      {clients.isError && <Failure error={clients.error} onRetry={() => void clients.refetch()} />}
      {clients.data?.length === 0 && <Empty title={t("limits.noClient")} />}
      {limits.isError && <Failure error={limits.error} onRetry={() => void limits.refetch()} />}
      {limits.data && (
        <>
          <LimitsForm
            key={`${client} ${limits.data.holds.setAt ?? ""}`}
            client={client}
            answer={limits.data}
            mayChange={may(user, "clients:manage")}
          />
          <House house={limits.data.house} />
          <Before rows={limits.data.before} />
        </>
      )}
    </div>
  );
}

function LimitsForm({ client, answer, mayChange }: { client: string; answer: LimitsAnswer; mayChange: boolean }) {
  const { t, i18n } = useTranslation();
  const cache = useQueryClient();
  const [limits, setForm] = useState<Limits>(() => limitsOf(answer.holds));
  const set = (part: Partial<Limits>) => setForm((before) => ({ ...before, ...part }));
  const changed = JSON.stringify(limits) !== JSON.stringify(limitsOf(answer.holds));
  const save = useMutation({
    mutationFn: () => setLimits(client, limits),
    onSuccess: () => cache.invalidateQueries({ queryKey: limitsKey(client) }),
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const { holds, house } = answer;
  const number = (
    name: "maxFailures" | "minimumAmount" | "maxPromiseDays" | "maxBrokenPromises" | "maxDeclines",
    min: number,
    max: number,
  ) => (
    <NumberInput
      size="xs"
      label={t(`limits.field.${name}`)}
      description={t(`limits.text.${name}`)}
      required
      readOnly={!mayChange}
      min={min}
      max={max}
      allowDecimal={name === "minimumAmount"}
      decimalScale={2}
      value={limits[name]}
      onChange={(value) => set({ [name]: Number(value) })}
    />
  );
  return (
    <form className="stack" onSubmit={submit}>
      <Panel
        title={t("limits.holds")}
        side={
          <span className="sub">
            {holds.setBy
              ? t("limits.set", { by: holds.setBy, at: formatDateTime(holds.setAt ?? "", i18n.language) })
              : t("limits.own")}
          </span>
        }
      >
        <Questions limits={limits} mayChange={mayChange} onChange={(asked) => set({ identifiers: asked })} />
        <div className="limits-fields">
          {number("maxFailures", 1, 5)}
          {number("minimumAmount", 1, 1000)}
          {number("maxPromiseDays", 7, 90)}
          {number("maxBrokenPromises", 0, 10)}
          {number("maxDeclines", 1, 3)}
        </div>
        <Switch
          size="xs"
          label={t("limits.field.takesBankAccounts")}
          disabled={!mayChange}
          checked={limits.takesBankAccounts}
          onChange={(event) => set({ takesBankAccounts: event.currentTarget.checked })}
        />
        <fieldset className="limits-hours">
          <legend>{t("limits.hours")}</legend>
          <Switch
            size="xs"
            label={t("limits.ownHours")}
            description={t("limits.hoursText", { opens: house.opens, closes: house.closes })}
            disabled={!mayChange}
            checked={limits.opens != null}
            onChange={(event) =>
              set(
                event.currentTarget.checked
                  ? { opens: house.opens, closes: house.closes }
                  : { opens: null, closes: null },
              )
            }
          />
          {limits.opens != null &&
            (["opens", "closes"] as const).map((name) => (
              <TextInput
                key={name}
                size="xs"
                label={t(`builder.${name}`)}
                required
                readOnly={!mayChange}
                pattern="([01][0-9]|2[0-3]):[0-5][0-9]|24:00"
                placeholder="HH:MM"
                maxLength={5}
                value={limits[name] ?? ""}
                onChange={(event) => set({ [name]: event.currentTarget.value })}
              />
            ))}
        </fieldset>
        {mayChange ? (
          <div className="actions actions-end">
            <Button size="compact-md" type="submit" disabled={!changed} loading={save.isPending}>
              {t("limits.save")}
            </Button>
          </div>
        ) : (
          <Notice kind="info" quiet>
            {t("limits.readOnly")}
          </Notice>
        )}
        {save.isError && <Failure error={save.error} />}
      </Panel>
    </form>
  );
}

/** What callers are asked, in this order; a third question is for whoever has none of the others. */
function Questions(props: { limits: Limits; mayChange: boolean; onChange: (asked: Limits["identifiers"]) => void }) {
  const { t } = useTranslation();
  const asked = props.limits.identifiers;
  return (
    <fieldset className="limits-fields">
      <legend>{t("limits.questions")}</legend>
      {[0, 1, 2].map((place) => (
        <Select
          key={place}
          size="xs"
          label={t(`limits.question.${place + 1}`)}
          disabled={!props.mayChange}
          data={[
            ...identifiers
              .filter((one) => one === asked[place] || !asked.includes(one))
              .concat(identifiers.filter((one) => one !== asked[place] && asked.includes(one)))
              .map((value) => ({ value: value as string, label: t(`limits.identifier.${value}`) })),
            ...(place === 2 ? [{ value: "", label: t("limits.identifier.none") }] : []),
          ]}
          allowDeselect={false}
          value={asked[place] ?? ""}
          onChange={(value) => props.onChange(exchange(asked, place, value ?? ""))}
        />
      ))}
    </fieldset>
  );
}

/** One question in a place; if it stood elsewhere, the two change places. None: the list is one shorter. */
export function exchange(asked: Limits["identifiers"], place: number, wanted: string): Limits["identifiers"] {
  const named = identifiers.find((each) => each === wanted);
  if (!named) return asked.slice(0, place);
  const next = [...asked];
  const old = asked[place];
  const from = asked.indexOf(named);
  if (from >= 0 && old) next[from] = old;
  next[place] = named;
  return [...new Set(next)];
}

function House({ house }: { house: LimitsAnswer["house"] }) {
  const { t } = useTranslation();
  return (
    <Panel title={t("limits.house")} side={<span className="sub">{t("limits.houseText")}</span>}>
      <ul className="plain">
        <li>{t("limits.perPerson", { count: house.maxFailuresPerPersonHour })}</li>
        <li>{t("limits.perNumber", { count: house.maxFailuresPerNumberHour, people: house.maxPeoplePerNumberDay })}</li>
        <li>{t("limits.withheld", { count: house.maxWithheldFailuresPerHour })}</li>
        <li>{t("limits.inAll", { count: house.maxFailuresPerHour })}</li>
      </ul>
    </Panel>
  );
}

function Before({ rows }: { rows: Held[] }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const columns = useMemo<Column<Held>[]>(
    () => [
      {
        id: "at",
        header: t("limits.at"),
        value: (row) => row.setAt,
        cell: (row) => formatDateTime(row.setAt ?? "", locale),
      },
      { id: "by", header: t("limits.by"), value: (row) => row.setBy },
      {
        id: "questions",
        header: t("limits.questions"),
        value: (row) => row.identifiers.map((each) => t(`limits.identifier.${each}`)).join(", "),
      },
      { id: "failures", header: t("limits.field.maxFailures"), end: true, value: (row) => row.maxFailures },
      {
        id: "least",
        header: t("limits.field.minimumAmount"),
        end: true,
        value: (row) => row.minimumAmount,
        cell: (row) => formatCents(row.minimumAmount, locale, "USD"),
      },
      { id: "days", header: t("limits.field.maxPromiseDays"), end: true, value: (row) => row.maxPromiseDays },
      { id: "broken", header: t("limits.field.maxBrokenPromises"), end: true, value: (row) => row.maxBrokenPromises },
      { id: "declines", header: t("limits.field.maxDeclines"), end: true, value: (row) => row.maxDeclines },
      {
        id: "bank",
        header: t("limits.bank"),
        value: (row) => t(row.takesBankAccounts ? "limits.yes" : "limits.no"),
      },
      {
        id: "hours",
        header: t("limits.hours"),
        value: (row) => (row.opens ? `${row.opens}–${row.closes}` : t("limits.theHouses")),
      },
    ],
    [t, locale],
  );
  return (
    <Panel title={t("limits.before")} flush>
      <DataTable
        label={t("limits.before")}
        columns={columns}
        rows={rows}
        rowId={(row) => row.setAt ?? ""}
        empty={<Empty title={t("limits.never")} />}
      />
    </Panel>
  );
}
