cask "longwire" do
  version "@VERSION@"
  sha256 "@SHA256@"

  url "@HOME@/releases/download/v#{version}/Longwire_#{version}_universal.dmg"
  name "Longwire"
  desc "Holds a Feishu or Lark bot's long connection and says why it is up or down"
  homepage "@HOME@"

  livecheck do
    url :url
    strategy :github_latest
  end

  auto_updates true
  depends_on macos: ">= :ventura"

  app "Longwire.app"

  uninstall launchctl: "app.longwire.service",
            quit:      "app.longwire.desktop"

  zap trash: [
    "~/Library/Application Support/Longwire",
    "~/Library/Caches/app.longwire.desktop",
    "~/Library/LaunchAgents/app.longwire.service.plist",
    "~/Library/WebKit/app.longwire.desktop",
  ]
end
