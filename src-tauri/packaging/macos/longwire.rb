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
  binary "#{appdir}/Longwire.app/Contents/MacOS/longwire"
@MANUAL@
  bash_completion "#{appdir}/Longwire.app/Contents/Resources/completions/longwire"
  fish_completion "#{appdir}/Longwire.app/Contents/Resources/completions/longwire.fish"
  zsh_completion "#{appdir}/Longwire.app/Contents/Resources/completions/_longwire"

  # An upgrade uninstalls, too, and the service of its user's is to outlast that.
  uninstall quit: "app.longwire.desktop"

  zap launchctl: "app.longwire.service",
      trash:     [
        "~/Library/Application Support/Longwire",
        "~/Library/Caches/app.longwire.desktop",
        "~/Library/HTTPStorages/app.longwire.desktop",
        "~/Library/LaunchAgents/app.longwire.service.plist",
        "~/Library/Logs/Longwire",
        "~/Library/Preferences/app.longwire.desktop.plist",
        "~/Library/Saved Application State/app.longwire.desktop.savedState",
        "~/Library/WebKit/app.longwire.desktop",
      ]

  caveats <<~TEXT
    Where you have installed its service, `brew uninstall` leaves that in place. Run this before:
      longwire service uninstall
  TEXT
end
