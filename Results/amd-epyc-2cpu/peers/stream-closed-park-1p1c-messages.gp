# Redraw with: gnuplot stream-closed-park-1p1c-messages.gp
set terminal svg size 960,600 dynamic enhanced font "DejaVu Sans,Helvetica,13" background "#ffffff"
set output 'stream-closed-park-1p1c-messages.svg'
set encoding utf8
set label 1 'Message rate: stream, closed, wait park, p=core:0,c=core:1,seg=producer' at screen 0.02,0.962 left noenhanced font ",15"
set label 2 'AMD EPYC, 2 CPUs, 1 NUMA node, Linux 6.18.44-fc-v782, unnamed hypervisor · 0.1.0 (db8315724c)' at screen 0.02,0.918 left noenhanced font ",11" textcolor rgb "#666666"
set label 3 '' at screen 0.98,0.022 right noenhanced font ",11" textcolor rgb "#666666"
set logscale xy
set xlabel "message size" offset 0,-0.2
set ylabel 'messages received' noenhanced offset -0.5,0
set xrange [38.4:1310720.0]
set yrange [1052.5337442140603:38345201.69462406]
set xtics ("48B" 48, "" 64, "4KiB" 4096, "64KiB" 65536, "1MiB" 1048576) nomirror
set ytics ("10 k/s" 10000.0, "100 k/s" 100000.0, "1 M/s" 1000000.0, "10 M/s" 10000000.0) nomirror
set border 3 linecolor rgb "#444444"
set grid xtics ytics linetype 1 linewidth 0.6 linecolor rgb "#e3e3e3"
set bars 0.4
set key outside right top vertical Left reverse noenhanced samplen 3 spacing 1.25 width 1
set lmargin 13
set bmargin 5
set tmargin 5
plot 'stream-closed-park-1p1c-messages.tsv' index 0 using 1:2:3:4 with yerrorlines linewidth 1.8 dashtype 1 linecolor rgb "#0072b2" pointtype 7 pointsize 0.75 title 'shm raw', \
  'stream-closed-park-1p1c-messages.tsv' index 1 using 1:2:3:4 with yerrorlines linewidth 1.8 dashtype 1 linecolor rgb "#d55e00" pointtype 7 pointsize 0.75 title 'mutex-ring raw', \
  'stream-closed-park-1p1c-messages.tsv' index 2 using 1:2:3:4 with yerrorlines linewidth 1.8 dashtype 1 linecolor rgb "#009e73" pointtype 7 pointsize 0.75 title 'pipe raw', \
  'stream-closed-park-1p1c-messages.tsv' index 3 using 1:2:3:4 with yerrorlines linewidth 1.8 dashtype 1 linecolor rgb "#cc79a7" pointtype 7 pointsize 0.75 title 'unix-stream raw', \
  'stream-closed-park-1p1c-messages.tsv' index 4 using 1:2:3:4 with yerrorlines linewidth 1.8 dashtype 1 linecolor rgb "#e69f00" pointtype 7 pointsize 0.75 title 'unix-seqpacket raw', \
  'stream-closed-park-1p1c-messages.tsv' index 5 using 1:2:3:4 with yerrorlines linewidth 1.8 dashtype 1 linecolor rgb "#56b4e9" pointtype 7 pointsize 0.75 title 'zmq-ipc raw', \
  'stream-closed-park-1p1c-messages.tsv' index 6 using 1:2:3:4 with yerrorlines linewidth 1.8 dashtype 1 linecolor rgb "#000000" pointtype 7 pointsize 0.75 title 'zmq-tcp raw', \
  'stream-closed-park-1p1c-messages.tsv' index 7 using 1:2:3:4 with yerrorlines linewidth 1.8 dashtype 1 linecolor rgb "#8c564b" pointtype 7 pointsize 0.75 title 'zmq-inproc raw', \
  'stream-closed-park-1p1c-messages.tsv' index 8 using 1:2:3:4 with yerrorlines linewidth 1.8 dashtype 1 linecolor rgb "#7a7a00" pointtype 7 pointsize 0.75 title 'posix-mq raw'
