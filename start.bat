@echo off
rem Double-click to start. The first start installs what is needed and takes some minutes.
chcp 65001 >nul
cd /d "%~dp0"
set PYTHON=
where py >nul 2>nul && set PYTHON=py -3
if not defined PYTHON (where python >nul 2>nul && set PYTHON=python)
if not defined PYTHON (
  echo 没有找到 Python。请先安装 Python 3.11 或更高版本，安装时勾选 "Add python.exe to PATH"。
  echo Python was not found. Install Python 3.11 or newer and tick "Add python.exe to PATH".
  pause
  exit /b 1
)
%PYTHON% -c "import sys; sys.exit(sys.version_info < (3, 11))"
if errorlevel 1 (
  echo Python 版本过低，需要 3.11 或更高版本。 Python 3.11 or newer is needed.
  pause
  exit /b 1
)
if not exist ".venv\Scripts\python.exe" (
  echo 正在准备运行环境…… Preparing the environment ...
  %PYTHON% -m venv .venv || goto failed
)
if not exist ".venv\ready.txt" (
  echo 正在安装所需组件，约需几分钟…… Installing, this takes some minutes ...
  if exist "wheels\torch-*.whl" (
    .venv\Scripts\python -m pip install --no-index --find-links wheels -r requirements.txt || goto failed
  ) else (
    .venv\Scripts\python -m pip install -r requirements.txt || goto failed
  )
  echo ok> .venv\ready.txt
)
echo 正在启动，浏览器会自动打开。关闭本窗口即退出。 Starting; close this window to quit.
.venv\Scripts\python -m streamlit run app.py
goto end
:failed
echo 安装没有完成，请检查网络后重试；没有网络时请看 README.zh.md 的“离线安装”。
echo The installation did not finish. Check the network and try again, or see "Without a network" in README.md.
:end
pause
