import { Tabs } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { AccountTasks } from "../workItems/AccountTasks";
import { ContactsEditor } from "./ContactsEditor";
import type { DeskCall } from "./contract";
import { Timeline } from "./Timeline";
import { WriteToCustomer } from "./WriteToCustomer";

/** What is on record: one stream of all that happened, the numbers and consents, what may be written, and what is to be done. Only once the person is verified. */
export function RecordPanel({ call }: { call: DeskCall }) {
  const { t } = useTranslation();
  const accountId = call.account?.id;
  if (!accountId) return null;
  return (
    <section className="panel record" aria-label={t("record.title")}>
      <Tabs defaultValue="timeline" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="timeline">{t("record.timeline")}</Tabs.Tab>
          <Tabs.Tab value="contacts">{t("record.contacts")}</Tabs.Tab>
          <Tabs.Tab value="write">{t("record.write")}</Tabs.Tab>
          <Tabs.Tab value="tasks">{t("task.title")}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="timeline">
          <Timeline accountId={accountId} currency={call.account?.currency ?? "USD"} phase={call.phase} />
        </Tabs.Panel>
        <Tabs.Panel value="contacts">
          <ContactsEditor accountId={accountId} />
        </Tabs.Panel>
        <Tabs.Panel value="write">
          <WriteToCustomer accountId={accountId} attemptId={call.attemptId} />
        </Tabs.Panel>
        <Tabs.Panel value="tasks">
          <AccountTasks accountId={accountId} />
        </Tabs.Panel>
      </Tabs>
    </section>
  );
}
