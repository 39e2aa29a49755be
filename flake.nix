{
  description = "Player for audio-guided meditation, gentle in every control";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs = { self, nixpkgs }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ];
      forAllSystems = f: nixpkgs.lib.genAttrs systems (system: f nixpkgs.legacyPackages.${system});
      version = (builtins.fromTOML (builtins.readFile ./Cargo.toml)).package.version;
    in
    {
      packages = forAllSystems (pkgs: {
        default = pkgs.rustPlatform.buildRustPackage {
          pname = "karuna";
          inherit version;
          src = self;
          cargoLock.lockFile = ./Cargo.lock;
          nativeBuildInputs = [ pkgs.cmake pkgs.pkg-config pkgs.installShellFiles ];
          buildInputs = pkgs.lib.optionals pkgs.stdenv.hostPlatform.isLinux [ pkgs.alsa-lib ];
          # The tests need a sound server and other audio programs.
          doCheck = false;
          postInstall = ''
            $out/bin/karuna man -o man1 > /dev/null
            installManPage man1/*
            installShellCompletion --cmd karuna \
              --bash <($out/bin/karuna completions bash) \
              --zsh <($out/bin/karuna completions zsh) \
              --fish <($out/bin/karuna completions fish)
          '';
          meta = {
            description = "Player for audio-guided meditation, gentle in every control";
            license = with pkgs.lib.licenses; [ mit asl20 ];
            mainProgram = "karuna";
          };
        };
      });

      devShells = forAllSystems (pkgs: {
        default = pkgs.mkShell { inputsFrom = [ self.packages.${pkgs.system}.default ]; };
      });
    };
}
