import Box from "@cloudscape-design/components/box";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import { useTexts } from "../texts";

export function Missing() {
  const { say } = useTexts();
  return (
    <ContentLayout header={<Header variant="h1">{say("noPage")}</Header>}>
      <Box>{say("noPageText")}</Box>
    </ContentLayout>
  );
}
