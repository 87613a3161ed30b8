import AppLayout from "@cloudscape-design/components/app-layout";
import Input from "@cloudscape-design/components/input";
import SideNavigation from "@cloudscape-design/components/side-navigation";
import TopNavigation from "@cloudscape-design/components/top-navigation";
import { useEffect, useState, type ReactNode } from "react";
import { Flashes } from "./flash";
import { Findings } from "./pages/findings";
import { Missing } from "./pages/missing";
import { Overview } from "./pages/overview";
import { address, follow, go, usePlace, type Place } from "./router";
import { StoryPanel } from "./pages/story";
import { search } from "./search";
import { keepAppearance, keptAppearance, type Appearance } from "./settings";
import { langs, useTexts, type Lang } from "./texts";

/** pages are those that the navigation lists; one that is not made yet is not here. */
const pages = [
  { path: "/", text: "page.overview" },
  { path: "/findings", text: "page.findings" },
] as const;

function content(place: Place): ReactNode {
  switch (place.path) {
    case "/":
      return <Overview />;
    case "/findings":
      return <Findings />;
    default:
      return <Missing />;
  }
}

/** finding is the one whose details stand beside the page; what it is follows from the address. */
const findingOf = (place: Place) => (place.path === "/findings" ? place.query.get("finding") : null);

function closed(place: Place): string {
  const query = new URLSearchParams(place.query);
  query.delete("finding");
  return address(place.path, query);
}

export function Frame({ onLang }: { onLang: (lang: Lang) => void }) {
  const { say, lang } = useTexts();
  const place = usePlace();
  const page = pages.find((p) => p.path === place.path);
  const finding = findingOf(place);
  const title = page ? say(page.text) : say("noPage");
  useEffect(() => {
    document.title = `${title} - ${say("title")}`;
  }, [title, say]);
  const [navigation, setNavigation] = useState(() => matchMedia("(min-width: 689px)").matches);
  // On a telephone the panel lies below, and leaves a glimpse of the list.
  const [size, setSize] = useState(() => (matchMedia("(min-width: 689px)").matches ? 440 : Math.round(innerHeight * 0.7)));
  return (
    <>
      <a className="skip" href="#page" onClick={skip}>{say("skip")}</a>
      <Top onLang={onLang} />
      <AppLayout
        headerSelector="#top"
        toolsHide
        navigationOpen={navigation}
        onNavigationChange={(event) => setNavigation(event.detail.open)}
        navigation={
          <SideNavigation
            activeHref={page?.path ?? ""}
            onFollow={(event) => {
              follow(event);
              if (!matchMedia("(min-width: 689px)").matches) setNavigation(false);
            }}
            items={pages.map((p) => ({ type: "link", text: say(p.text), href: p.path }))}
          />
        }
        ariaLabels={{
          navigation: say("navigation"), navigationToggle: say("openNavigation"), navigationClose: say("closeNavigation"),
        }}
        notifications={<Flashes />}
        content={<div id="page" tabIndex={-1}>{content(place)}</div>}
        splitPanelOpen={finding !== null}
        splitPanelSize={size}
        splitPanelPreferences={{ position: "side" }}
        onSplitPanelResize={(event) => setSize(event.detail.size)}
        onSplitPanelToggle={(event) => {
          if (!event.detail.open) go(closed(place), { marks: place.marks });
        }}
        splitPanel={finding !== null ? <StoryPanel key={`${lang} ${finding}`} id={finding} /> : undefined}
      />
    </>
  );
}

function skip(event: { preventDefault: () => void }): void {
  event.preventDefault();
  document.getElementById("page")?.focus();
}

function Top({ onLang }: { onLang: (lang: Lang) => void }) {
  const { say, lang } = useTexts();
  const [appearance, setAppearance] = useState(keptAppearance);
  const [typed, setTyped] = useState("");
  const choices: Appearance[] = ["system", "light", "dark"];
  return (
    <div id="top">
      <TopNavigation
        identity={{ href: "/", title: say("title"), onFollow: (event) => {
          event.preventDefault();
          go("/");
        } }}
        search={
          <form
            role="search"
            onSubmit={(event) => {
              event.preventDefault();
              go(search(typed));
            }}
          >
            <Input
              type="search"
              value={typed}
              placeholder={say("searchShort")}
              ariaLabel={say("search")}
              onChange={(event) => setTyped(event.detail.value)}
            />
          </form>
        }
        utilities={[
          {
            type: "menu-dropdown", text: say(`language.${lang}`), ariaLabel: say("language"), iconName: "globe",
            items: langs.map((l) => ({ id: l, text: say(`language.${l}`), lang: l })),
            onItemClick: (event) => onLang(event.detail.id as Lang),
          },
          {
            type: "menu-dropdown", text: say("appearance"), ariaLabel: say("appearance"), iconName: "settings",
            items: choices.map((c) => ({ id: c, text: say(`appearance.${c}`), itemType: "checkbox", checked: c === appearance })),
            onItemClick: (event) => {
              const chosen = event.detail.id as Appearance;
              keepAppearance(chosen);
              setAppearance(chosen);
            },
          },
        ]}
        i18nStrings={{
          searchIconAriaLabel: say("searchShort"), searchDismissIconAriaLabel: say("back"), overflowMenuTriggerText: say("more"),
          overflowMenuTitleText: say("more"), overflowMenuBackIconAriaLabel: say("back"), overflowMenuDismissIconAriaLabel: say("closeNavigation"),
        }}
      />
    </div>
  );
}
