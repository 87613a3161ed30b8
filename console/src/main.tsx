import "@cloudscape-design/global-styles/index.css";
import "./style.css";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { followMachine, keptAppearance, show } from "./settings";

show(keptAppearance());
followMachine();
const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
