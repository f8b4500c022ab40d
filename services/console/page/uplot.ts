// uPlot, as the page's server has it beside the page.

export { default as uPlot } from "uplot";
