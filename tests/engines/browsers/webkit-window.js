// A browser of WebKitGTK that a WebDriver controls, and that keeps its profile: MiniBrowser, which comes with WebKitGTK, keeps none under
// automation. Run by gjs, with the profile's folder as its argument.

imports.gi.versions.Gtk = "3.0";
imports.gi.versions.WebKit2 = "4.1";
const { Gtk, WebKit2 } = imports.gi;

Gtk.init(null);
const [folder] = ARGV;
const websiteDataManager = new WebKit2.WebsiteDataManager({ base_data_directory: `${folder}/data`, base_cache_directory: `${folder}/cache` });
const context = new WebKit2.WebContext({ website_data_manager: websiteDataManager });
const cookies = context.get_cookie_manager();
cookies.set_persistent_storage(`${folder}/cookies`, WebKit2.CookiePersistentStorage.SQLITE);

function open() {
  const view = new WebKit2.WebView({ web_context: context, is_controlled_by_automation: true });
  const window = new Gtk.Window({ default_width: 1024, default_height: 768 });
  window.add(view);
  view.connect("close", () => window.destroy());
  window.show_all();
  return view;
}

context.set_automation_allowed(true);
context.connect("automation-started", (_, session) => {
  const info = new WebKit2.ApplicationInfo();
  info.set_name("Sealwire");
  info.set_version(WebKit2.get_major_version(), WebKit2.get_minor_version(), WebKit2.get_micro_version());
  session.set_application_info(info);
  session.connect("create-web-view", open);
});
Gtk.main();
